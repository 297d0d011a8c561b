"""ecosim: agent-based simulation of business ecosystems, and of who is in control of the customer relationship."""
