"""Synthetic customer list and answers of a study: assumptions in, raw files out. No part of the workflow."""
