"""Handling of case files across bureaus: records of cases, and what a month of them adds up to."""
