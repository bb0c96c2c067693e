"""Jinan's register, made from published facts and, where there are none, from a seed (marked `synthetic`)."""
