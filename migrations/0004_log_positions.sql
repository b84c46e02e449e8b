-- How far each partition of a Kafka topic was worked on: moved by compare-and-set in the statement that stores its events,
-- which also fences a worker that lost the partition and does not know it yet. The topic's name carries its generation.

create table log_position (
  topic text not null,
  partition int not null,
  next_offset bigint not null default 0 check (next_offset >= 0),
  moved_at timestamptz not null default now(),
  primary key (topic, partition)
) with (fillfactor = 50);
