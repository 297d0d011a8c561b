"""Tests of rules of adoption, opinion, search and price."""
