-- The events that an event led to. Most have no cause, and cost nothing here.
CREATE INDEX event_cause ON event (cause) WHERE cause IS NOT NULL;
