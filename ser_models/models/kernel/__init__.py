"""Linear and kernel classifiers in closed form, and Fisher vectors."""
