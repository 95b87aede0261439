"""Sees a mass outage in the stream of tickets before anyone declares it; pure, and the same for faults and complaints."""
