"""zen-engine on what it can express of B3 (a decision table) and A8 (expressions), case by case, from ready features."""
