"""What is decided: duplicates, stories, topics, alerting, schedules. Pure, and each decision with its reason."""
