"""What a vacancy means: where, which occupation, what it demands, each tag with the words that decided."""

from aggregator.tagging.rules import Area, Override, TagRules, Topic
from aggregator.tagging.tagger import tag

__all__ = ["Area", "Override", "TagRules", "Topic", "tag"]
