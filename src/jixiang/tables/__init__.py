"""Fact and decision files: what columns they have, where they lie, which of them a run has read.

Plain Parquet and Delta Lake underneath. This room never evaluates a policy and never changes a row once written.
"""
