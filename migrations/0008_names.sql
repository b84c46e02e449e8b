-- Names that begin as somebody types, for completion: as actor_name is for actors. The tables are small; locks nothing for long.

create index namespace_name on namespace (left(name, 200) text_pattern_ops);
create index client_name on client (left(name, 200) text_pattern_ops);
