"""Sees a mass outage in the stream of tickets before anyone declares it: pure, for faults and complaints alike."""
