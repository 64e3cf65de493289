"""Readers of sleep exports, one file for each format; they read and never write."""
