"""Property tests are the same on every run, and never fail for a slow machine."""

from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
