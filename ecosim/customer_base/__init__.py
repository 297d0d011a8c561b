"""Customer-base models: what past transactions say about who is still a customer and what he will buy."""
