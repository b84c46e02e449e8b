-- For the bound on findings of one rule in one cluster (packages/store/bounded-findings.ts). Locks finding against writes
-- while the index is made: a second a million.
create index finding_cluster_rule on finding (cluster_id, rule_id);
