"""The lint of dashboards: each check takes dashboards as they stand in their files, and yields what is wrong."""
