"""`ser corpora`: what is known, how much of it there is, under which licence, and where to get it."""


def corpora() -> None:
    """List the corpora that ser reads by name, with their licences and where to get them.

    Example: ser corpora
    """
    from cli.tables import print_table
    from ser_features import corpora as registry

    known = [registry.get(name) for name in registry.names()]
    print_table(
        ["corpus", "recordings", "language", "title"],
        [[c.name, str(c.whole or "any"), c.language, c.title] for c in known],
    )
    for corpus in known:
        print(f"\n{corpus.name}: {corpus.licence}\n  expected: {corpus.layout}\n  get it: {corpus.url}")
    print("\nyour own: ser extract --datasets mine.csv (columns path, emotion, speaker)")
