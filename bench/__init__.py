"""`make bench`: what a start costs, in ratios of one run."""
