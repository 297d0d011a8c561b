"""Bass's hazard on a network as plain Mesa agents: each looks at its neighbours, all at once."""

import mesa

from ecosim.dynamics.contagion import patience


class Person(mesa.Agent):
    """Adopts when the hazard it has lived through passes its patience."""

    def __init__(self, model, left):
        super().__init__(model)
        self.left, self.adopted, self.neighbours = left, False, []

    def look(self):
        if not self.adopted:
            seen = sum(other.adopted for other in self.neighbours)
            share = self.model.q * seen / len(self.neighbours) if self.neighbours else 0.0
            self.left -= self.model.p + share

    def decide(self):
        self.adopted = self.adopted or self.left <= 0


class Market(mesa.Model):
    """People on a network."""

    def __init__(self, graph, p, q, seed):
        super().__init__(rng=seed)
        self.p, self.q = p, q
        people = [Person(self, left) for left in patience(graph.n, seed).tolist()]
        for i, person in enumerate(people):
            person.neighbours = [people[j] for j in graph.indices[graph.indptr[i] : graph.indptr[i + 1]]]

    def step(self):
        self.agents.do("look")
        self.agents.do("decide")


def adopters(graph, p, q, steps, seed):
    """Return how many have adopted after some steps."""
    market = Market(graph, p, q, seed)
    for _ in range(steps):
        market.step()
    return sum(person.adopted for person in market.agents)
