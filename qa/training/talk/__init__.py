"""Training what understands a talk: the resolver, intents, carriers of questions."""
