"""Influence maximisation: whom to seed on a network so that a message spreads furthest."""
