"""Jixiang 即享: benefits that reach people without an application."""
