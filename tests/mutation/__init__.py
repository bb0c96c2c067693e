"""Mutation testing of a package: `make mutation PACKAGE=rules/standards`.

mutmut makes the mutants; it starts pytest anew for each, which for ten thousand of them is a day of one core. Here
pytest collects once, and each mutant is judged in a fork of that process by the tests that reach its function.
"""
