"""Is one condition better than another? Paired comparisons over what was really sampled."""
