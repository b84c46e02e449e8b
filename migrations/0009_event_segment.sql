-- Which events a segment holds: a live tail finds new rows by the segments of their numbers (seal). Ids rise with time, so
-- new rows go to the right edge, and equal ones are kept as one posting list: 7 bytes an event.
create index event_segment on event (segment_id);
