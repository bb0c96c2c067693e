"""Benchmarks: ratios against a bare baseline taken in the same run."""
