"""One child out of many records: standard forms, keys, a trained model, and what it decides.

One model stands behind three ways to score a pair: Splink on DuckDB, Splink on Spark, and a
function compiled from it. Which levels there are is said here; their weights are always trained.
"""
