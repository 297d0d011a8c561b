"""Entry points that need no installed command: thin doors to the same verbs."""
