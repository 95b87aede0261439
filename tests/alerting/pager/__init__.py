"""The pager: pages, their course, texts and deliveries, and the process itself."""
