"""Rules of adoption, opinion, search and price that published experiments are made of, over the same networks and
draws.
"""
