"""The agents: firms, which are few and hold objects, and customers, who are rows of columns seen as agents."""
