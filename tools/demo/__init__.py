"""The live site: emulated lanes, real firmware, gateway, broker and an independent subscriber, in one command."""
