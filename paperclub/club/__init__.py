"""A group's year: its folder, calendar, rota, agendas and records."""
