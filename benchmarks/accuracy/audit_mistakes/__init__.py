"""The audit's own mistakes: findings on splits that share nothing, and planted leaks that it misses.

names of a corpus → `draws` → honest splits → `leaks` → splits with one planted leak → `measure`
"""
