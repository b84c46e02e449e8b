// The OpenAPI document as types: `node test/write-api-types.ts` writes this file, and a test fails when it is not true.

export interface paths {
    readonly "/healthz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whether the process answers
         * @description For machines that watch this one.
         */
        readonly get: operations["getHealthz"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Numbers for Prometheus
         * @description Of this process, in the text format of Prometheus. They tell no event and no secret.
         */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whether it can work, and why not
         * @description For machines that watch this one, and for the operator: each check has a sentence.
         */
        readonly get: operations["getReadyz"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/actors": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who asked, the last one first
         * @description Those who made the requests that match, with how many of each class and outcome, and from where. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getActors"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/actors/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One actor, and what it asked for in a window
         * @description The window is the last 24 hours unless you say; when it was seen first and last is told of all time.
         */
        readonly get: operations["getActor"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/actors/{id}/activity": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What one actor did, stretch by stretch
         * @description Its requests that match as stretches of work, the last one first: of one credential from one address, each request at most 30 minutes after the one before. Each has a sentence, and the kubectl commands that most likely made its calls. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getActorActivity"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/actors/{id}/firsts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What one actor did for the first time
         * @description Each cluster, namespace, kind, client and address of its events in the window that no event of it before the window has, among all that are stored. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getActorFirsts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What was done here, newest first
         * @description Every step about a finding, an exception, a rule or a token: who did it, what it was before and after, and why. None is ever changed or taken away. Of all time unless you say.
         */
        readonly get: operations["getAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/backtests": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Try a rule over what is stored
         * @description What the rule would have found, over the last 30 days unless you say, without putting it in force. It is worked out in parts; what is stored meanwhile goes first.
         */
        readonly post: operations["postBacktests"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/backtests/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How far one back-test is, and what it found
         * @description Ask every few seconds until `state` is `done`, `failed` or `cancelled`. It is kept for 30 days, for tokens with the same rights as that which asked.
         */
        readonly get: operations["getBacktest"];
        readonly put?: never;
        readonly post?: never;
        /**
         * End a back-test, and throw away what it found
         * @description Whatever its state.
         */
        readonly delete: operations["deleteBacktest"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clusters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The clusters, and when each was last heard of
         * @description All in one page, by name.
         */
        readonly get: operations["getClusters"];
        readonly put?: never;
        /**
         * Add a cluster, and get all that connects it
         * @description Save the three texts where the API server finds them. The credential is shown this once; who sent an Idempotency-Key sees the same answer again for 24 hours.
         */
        readonly post: operations["postClusters"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clusters/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How fresh one cluster is
         * @description What it sent last, lane by lane, and what is known to be missing of the last 24 hours.
         */
        readonly get: operations["getCluster"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clusters/{id}/coverage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Which rules can judge what a cluster sends
         * @description Measured from what arrived, not from what an audit policy promises: of each rule how many events could concern it, how many of these it could not judge and why, and the smallest change of the audit policy that mends it, with the events and bytes a day that it would record. The last 7 days, unless you say; whole days by UTC.
         */
        readonly get: operations["getClusterCoverage"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/controls": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The controls that rules are evidence for
         * @description Of PCI DSS, SOC 2, ISO 27001, NIST SP 800-53, CIS and HIPAA those that a rule in force names. A rule shows that somebody looked; it does not fulfil a control by itself.
         */
        readonly get: operations["getControls"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/controls/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What was found about a control, and where nobody looked
         * @description The rules behind a control, what each found in the window, and for every cluster what is known to be missing and which of the rules could not judge: silence is evidence only where `is_covered` is true. The last 90 days, unless you say.
         */
        readonly get: operations["getControl"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A page of requests, newest first
         * @description What was asked of API servers, one item a request, by a query or by plain parameters that mean the same: values between commas are alternatives, `not.` before a name negates, `*` is any text, and all that is sent must hold. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One event, with the other stages of its request
         * @description It may be kept and is asked for again each time, by its ETag: a later stage, or another event with its auditID, may come at any time.
         */
        readonly get: operations["getEvent"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/{id}/neighbors": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What happened shortly before and after one event
         * @description Requests of the same actor, on the same object, of the same session (caller, client and address in one cluster) or in the same cluster.
         */
        readonly get: operations["getEventNeighbors"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/{id}/raw": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The bytes of one event, as they arrived
         * @description What the API server sent, byte for byte, except that secrets were replaced by keyed digests before anything was written. It never changes.
         */
        readonly get: operations["getEventRaw"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/facets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Which values the requests have that match
         * @description Of each field its values, with how many requests have each, so that a question can be narrowed. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getEventsFacets"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/histogram": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How many requests match, over time
         * @description In buckets that begin at full intervals in UTC, empty ones too. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getEventsHistogram"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/search": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * A page of requests, by a body
         * @description The same as `GET /v1/events`, for questions that are too long for a URL or should not stand in the logs of proxies.
         */
        readonly post: operations["postEventsSearch"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events/stream": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Events as they come
         * @description A live tail, as server-sent events. Each stage of a request is an event as soon as it is stored: `audit.id` is equal in all of them, and `stages` has the ids of those stored by then. `Last-Event-ID` goes on where a connection broke, within 24 hours and without loss. Events that a slow reader missed are counted in `drops`; `reset` says that an id cannot be gone on from; each has a URL that lists what was missed. `watermark` says up to when everything was sent, and `end` why the stream ends: `planned` is true where nothing went wrong.
         */
        readonly get: operations["getEventsStream"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exceptions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What is not to count, newest first
         * @description Exceptions that hold, and those that have ended, with how much each hides now.
         */
        readonly get: operations["getExceptions"];
        readonly put?: never;
        /**
         * Say what is not to count in what a rule finds
         * @description Events that the query means are kept and do not count in findings of the rule, those that come and, within seconds, those that were found already. When it ends they count again.
         */
        readonly post: operations["postExceptions"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exceptions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One exception
         * @description With how much it hides now.
         */
        readonly get: operations["getException"];
        readonly put?: never;
        readonly post?: never;
        /**
         * End an exception
         * @description What it hid counts again within seconds, and opens what was resolved. It stays in the list.
         */
        readonly delete: operations["deleteException"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exports": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Exports, newest first
         * @description Those that were asked for with the same rights as yours; an administrator sees all.
         */
        readonly get: operations["getExports"];
        readonly put?: never;
        /**
         * Have many events written to files
         * @description All that the question finds in what is stored now, oldest first, in files of at most 100,000 events. They are made one after the other; each can be fetched as soon as it is there, and all are kept for a week after the last. The window is the last 24 hours unless you say.
         */
        readonly post: operations["postExports"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exports/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How far one export is, and its files
         * @description Ask every few seconds until `state` is `done`, `failed` or `cancelled`.
         */
        readonly get: operations["getExport"];
        readonly put?: never;
        readonly post?: never;
        /**
         * End an export, and throw its files away
         * @description Whatever its state. It stays in the list as `cancelled` until it expires.
         */
        readonly delete: operations["deleteExport"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exports/{id}/manifest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What proves the files of an export
         * @description The question, the moment that it was asked of, what is known to be missing, and the digest of every file, with a digest over all of that: whoever has it can tell that no file was changed or left out. It never changes.
         */
        readonly get: operations["getExportManifest"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/exports/{id}/parts/{n}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One file of an export
         * @description A whole file by itself: a gzip file of lines, a CSV with its header, or a Parquet file. Its ETag is the SHA-256 of its bytes, as in the manifest.
         */
        readonly get: operations["getExportPart"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/findings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What rules found, the latest first
         * @description One item for each cluster, rule and group, however many events are behind it. Of all time unless you say; `since` and `until` are about their events. By the time of the last event, one that gets another event while you page moves to the front: the last pages (`meta.again`) have those that changed since the first once more, so that each is on one page or two. With `sort=opened` each is on one, but for those of the last ten minutes.
         */
        readonly get: operations["getFindings"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/findings/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One finding, and the events behind it
         * @description What happened, why it matters, how to mend it, and a page of its events, newest first. `evidence.next_cursor` leads to the next page of these.
         */
        readonly get: operations["getFinding"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Say what is made of a finding
         * @description Its state, who looks after it, and why. Who resolves or ignores one gives a reason, and a comment where its severity is high or critical. A resolved one opens again with a new event, an ignored one when `until` comes. One of severity critical that is to be ignored without `until` is `proposed` (202) until a token of another name sends the same. What was done is a step, which stays.
         */
        readonly patch: operations["patchFinding"];
        readonly trace?: never;
    };
    readonly "/v1/findings/{id}/comments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Say something about a finding
         * @description A step without a change: what others have of the finding is not old by it.
         */
        readonly post: operations["postFindingComments"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/findings/bulk": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Say the same of several findings
         * @description One change of at most 100 findings, each by itself: it is changed as a PATCH with its tag would change it, or not at all, and the answer says which.
         */
        readonly post: operations["postFindingsBulk"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/ingest/k8s/{cluster}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take audit events in
         * @description Answers 200 when every event of the list is on disk, or its bytes are in quarantine with a reason: there is no 400, whatever the body holds, since an API server gives up a batch that is refused. A single Event and an array of them are taken too. Posting the same events again adds nothing.
         *
         *     Whoever posts is a cluster, by its token or its client certificate, or has an API token, which may post to every cluster. `Content-Type` and parameters are not looked at. There are no redirects, and errors are one line of text. Where a gzip body cannot be unpacked, the connection is closed without an answer.
         */
        readonly post: operations["postEventList"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Jobs that failed in all their attempts
         * @description Last died first. They wait until a person has them tried again.
         */
        readonly get: operations["getJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/jobs/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Have a job tried again
         * @description As a new round of attempts. However often it is tried, it has its effect once.
         */
        readonly post: operations["postJobRetry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/notices": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What the server has to tell its operators
         * @description Newest first, of all time unless you say. They are kept as long as events.
         */
        readonly get: operations["getNotices"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Which objects were touched, the last one first
         * @description Every object that a request that matches names, with how often it was changed and read. The window is the last 24 hours unless you say.
         */
        readonly get: operations["getObjects"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/at": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * An object as it was
         * @description The manifest at a time, of objects that are gone too, with how far it is to be trusted. As YAML it has that in comments at its top. Secrets are `(hidden)`.
         */
        readonly get: operations["getObjectAt"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/blame": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who set each field of an object last
         * @description For each field of the object as it was, the event that gave it its value. Where a write was not seen it is said between which two it happened. Fields that nobody meant are left out, and the values of secrets are `(hidden)`.
         */
        readonly get: operations["getObjectBlame"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/diff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What is different between two states of an object
         * @description By field path: items of lists go by their keys, amounts by value, and what nobody meant is left out. The values of secrets are `(hidden)`.
         */
        readonly get: operations["getObjectDiff"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What was done to one object, newest first
         * @description Changes and connections, over all of time, unless `class`, `since` or `until` say otherwise. Every event has such a path in `links.history`.
         */
        readonly get: operations["getObjectHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/revisions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Every state that an object had, newest first
         * @description The chain of its states by resourceVersion, over all objects that had the name, with who made each and what it changed. Writes whose answers were not logged stand among them by their time.
         */
        readonly get: operations["getObjectRevisions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/undo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What takes a change of an object back
         * @description Patches and commands for the object as it is now. What somebody changed since is named and left alone, and a secret is not known to be written back. Nothing is done.
         */
        readonly get: operations["getObjectUndo"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * This document
         * @description OpenAPI 3.1, written from the schemas that judge what you send.
         */
        readonly get: operations["getOpenapiJson"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/quarantine": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What arrived and could not be read, newest first
         * @description Of all time unless you say: such things are few and must not be overlooked.
         */
        readonly get: operations["getQuarantine"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/queries/complete": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What may stand where somebody is typing
         * @description Words of the language, and names of clusters, namespaces, actors, verbs, clients and subresources.
         */
        readonly get: operations["getQueriesComplete"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/queries/explain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What a query will ask, in sentences
         * @description And its normal form, the window, and what makes it slow or empty. It asks nothing.
         */
        readonly get: operations["getQueriesExplain"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reference": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * This document, for people
         * @description One page, with an anchor for everything. It loads nothing from anywhere.
         */
        readonly get: operations["getReference"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rules": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The rules in force, by name
         * @description Each with what it found in clusters that you may see.
         */
        readonly get: operations["getRules"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rules/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One rule, with its text
         * @description The version in force, unless `version` says another. As `application/yaml` it is the text alone.
         */
        readonly get: operations["getRule"];
        /**
         * Make a rule, or change it
         * @description The body is its text, of one rule; or a file of Falco or Sigma, of which the rule of that name is taken. It is in force within seconds, before rules of that name from the folder or the pack, and judges what is stored from then on. The same text again changes nothing.
         */
        readonly put: operations["putRule"];
        readonly post?: never;
        /**
         * Take a rule away that was put here
         * @description One of that name from the folder or the pack is in force again. Its versions and what it found stay.
         */
        readonly delete: operations["deleteRule"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rules/{name}/explain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What a rule says of one event, and why
         * @description Which clause decided, on which value, and which exceptions were tried; of the version in force, unless `version` says another. It is judged anew, by what is known now.
         */
        readonly get: operations["getRuleExplain"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rules/{name}/versions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What a rule ever said, the newest first
         * @description Every version with its author and hash; also of a rule that is gone.
         */
        readonly get: operations["getRuleVersions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/rules/validate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Whether a text of rules is right
         * @description One rule or several, with the place of every error. Nothing is changed.
         */
        readonly post: operations["postRulesValidate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shells and other connections, open or ended
         * @description exec, attach, port-forward and upgraded proxy requests that were let in, by the query language. The window is the last 24 hours unless you say; a session is in it when it was asked for in it. What was refused began nothing: it is among the events.
         */
        readonly get: operations["getSessions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The tokens that hold
         * @description All in one page, by name. Neither their texts nor digests of these are told.
         */
        readonly get: operations["getTokens"];
        readonly put?: never;
        /**
         * Add a token for somebody, and get its text
         * @description Its text is shown this once; who sent an Idempotency-Key sees the same answer again for 24 hours. All tokens are of administrators so far.
         */
        readonly post: operations["postTokens"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/tokens/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One token, also one that holds no more
         * @description `current` is the one that you ask with.
         */
        readonly get: operations["getToken"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke a token
         * @description Within 10 seconds nobody is let in by it. Of one that was revoked before nothing is done. Your own may be revoked, too.
         */
        readonly delete: operations["deleteToken"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/version": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Which version this is
         * @description The header Plaintrail-Version of every answer says the same.
         */
        readonly get: operations["getVersion"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A stretch of work of one actor, with one credential from one address. */
        readonly Activity: {
            /** @description Identities that were acted as, at most 50. */
            readonly acted_as: readonly string[];
            readonly actor: components["schemas"]["ActivityActor"];
            /** @description Calls before the window belong to it too. */
            readonly began_before: boolean;
            /** @description Programs that the calls claim to come from, at most 50: `kubectl 1.33.3`. */
            readonly clients: readonly string[];
            /** @description The names of the clusters, at most 50. */
            readonly clusters: readonly string[];
            /** @description The first 200, in the order of time. */
            readonly commands: readonly components["schemas"]["ActivityCommand"][];
            /** @description How many there are. */
            readonly commands_count: number;
            readonly counts: components["schemas"]["ActivityCounts"];
            /** @description The id of the certificate or token, as Kubernetes names it (`X509SHA256=…`, `JTI=…`); null where it tells none, or the bytes of the events are past retention. */
            readonly credential: string | null;
            /** @description Microseconds from `started` to `ended`. */
            readonly duration_us: number;
            /** @description When the call ended that ended last. */
            readonly ended: components["schemas"]["MicroTime"];
            /** @description The event of its first call. */
            readonly id: components["schemas"]["EventId"];
            /** @description The address that the API server saw. */
            readonly ip: string | null;
            /** @description It has more calls than a page reads: what is told is of the newest of them. */
            readonly is_cut: boolean;
            readonly links: components["schemas"]["ActivityLinks"];
            /** @description Namespaces that the calls name, at most 50. */
            readonly namespaces: readonly string[];
            /** @description All of it, discovery too. */
            readonly requests: number;
            /** @description What was done: `14 minutes, 3 namespaces, read 4 secrets, exec twice`. */
            readonly sentence: string;
            /** @description When the first call came. */
            readonly started: components["schemas"]["MicroTime"];
            /** @description Calls after the window belong to it too. */
            readonly went_on: boolean;
        };
        /** @description Whose work it is. */
        readonly ActivityActor: {
            /** @description `act_…`. */
            readonly id: string;
            /** @description user.username. */
            readonly name: string;
            /**
             * @description What kind of caller it is, told from the name.
             * @enum {string}
             */
            readonly type: "human" | "service-account" | "node" | "control-plane" | "anonymous" | "failed-authentication";
        };
        /** @description A command that somebody most likely ran. */
        readonly ActivityCommand: {
            /** @description The event of the call that the command was for. */
            readonly event: components["schemas"]["EventId"];
            /** @description The kubectl command that most likely made the call, for a POSIX shell, at most 300 characters; `…` is what no event says. Where the client was not kubectl, or no command is known: the verb and the path. */
            readonly line: string;
            /** @description Calls that it made: reads before it, waiting after it, retries. */
            readonly requests: number;
            /** @description No other command of kubectl makes these calls, if the client was what it says; its flags may have been spelled otherwise. */
            readonly sure: boolean;
            /** @description Of its first call. */
            readonly time: components["schemas"]["MicroTime"];
        };
        /** @description How many requests of a stretch did what. */
        readonly ActivityCounts: {
            /** @description Writes that were done; dry runs are none. */
            readonly changes: number;
            /** @description exec, attach, port-forward and proxy that were let in. */
            readonly connections: number;
            /** @description Refused by authentication or authorization. */
            readonly denied: number;
            /** @description Writes with `dryRun=All`. */
            readonly dry_runs: number;
            /** @description Changes and connections that were refused otherwise, not found, or ended by a fault. */
            readonly failed: number;
            /** @description Answered reads; discovery is none. */
            readonly reads: number;
            /** @description Lists and watches of secrets. */
            readonly secret_lists: number;
            /** @description Secrets that were read by name, each once. */
            readonly secrets_read: number;
        };
        /** @description Paths of this API. */
        readonly ActivityLinks: {
            /** @description Its events. */
            readonly events: string;
        };
        /** @description One page, newest first. */
        readonly ActivityPage: {
            readonly data: readonly components["schemas"]["Activity"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["EventMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description Who asked. */
        readonly Actor: {
            /** @description Whom the caller acted as: impersonatedUser (kubernetes/apiserver pkg/apis/audit/v1/types.go); null for nobody. */
            readonly as: string | null;
            /** @description user.groups (kubernetes/apiserver pkg/apis/audit/v1/types.go). */
            readonly groups: readonly string[];
            /** @description The authenticated caller: user.username (kubernetes/apiserver pkg/apis/audit/v1/types.go). Empty for a failed login. */
            readonly name: string;
            /**
             * @description What kind of caller it is, told from the name.
             * @enum {string}
             */
            readonly type: "human" | "service-account" | "node" | "control-plane" | "anonymous" | "failed-authentication";
        };
        /** @description One actor. */
        readonly ActorAnswer: {
            readonly data: components["schemas"]["FoundActor"];
            readonly meta: components["schemas"]["CountMeta"];
        };
        /** @description One page, newest first. */
        readonly ActorPage: {
            readonly data: readonly components["schemas"]["FoundActor"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["CountMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description All that connects a cluster. Its credential is shown this once. */
        readonly AddedCluster: {
            /** @description YAML for --audit-policy-file (audit.k8s.io/v1 Policy). */
            readonly audit_policy: string;
            /** @description How the API server is told, by kind of installation. */
            readonly flags: {
                readonly [key: string]: string;
            };
            /**
             * Format: uuid
             * @description Never changes.
             */
            readonly id: string;
            /** @description Where and by what the cluster posts. */
            readonly ingest: {
                /** @description Its ingest token, shown this once; null for a certificate. */
                readonly token: string | null;
                /** @description What API servers post to. */
                readonly url: string;
            };
            /** @description YAML for --audit-webhook-config-file; it holds the credential. */
            readonly kubeconfig: string;
            /** @description 1 to 63 small letters, digits, dots and hyphens. Never changes. */
            readonly name: string;
            /** @description What may be wrong with the URL. */
            readonly warnings: readonly string[];
        };
        /** @description A token with its text, which is shown this once. */
        readonly AddedToken: {
            /** @description When it was added. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description The name of the token that added it; null of the one that the installation made for itself. */
            readonly created_by: string | null;
            /** @description Whether it is the one that you ask with. */
            readonly current: boolean;
            /** @description From then on it is not known; null for never. */
            readonly expires_at: components["schemas"]["MicroTime"] | null;
            /**
             * Format: uuid
             * @description Never changes, and never becomes that of another, as a name may.
             */
            readonly id: string;
            /** @description Right to about a minute; null where it never was. */
            readonly last_used_at: components["schemas"]["MicroTime"] | null;
            /** @description Who asks with it, as it stands in the trail. */
            readonly name: string;
            /** @description When it was revoked; null where it was not. */
            readonly revoked_at: components["schemas"]["MicroTime"] | null;
            /** @description Its text, shown this once: `ptr_…`. */
            readonly token: string;
        };
        /** @description It runs. */
        readonly Alive: {
            /**
             * @description The process answers.
             * @constant
             */
            readonly ok: true;
        };
        /** @description What the API server said about the record itself. */
        readonly Audit: {
            /** @description Another event has the same auditID and stage, and other bytes. */
            readonly conflict: boolean;
            /** @description auditID (kubernetes/apiserver pkg/apis/audit/v1/types.go). A client can choose it: it is neither unique nor proof. */
            readonly id: string;
            /**
             * @description level (kubernetes/apiserver pkg/apis/audit/v1/types.go): how much the API server recorded.
             * @enum {string}
             */
            readonly level: "None" | "Metadata" | "Request" | "RequestResponse" | "Unknown";
            /**
             * @description stage (kubernetes/apiserver pkg/apis/audit/v1/types.go); `Unknown` for one that audit.k8s.io/v1 has not.
             * @enum {string}
             */
            readonly stage: "RequestReceived" | "ResponseStarted" | "ResponseComplete" | "Panic" | "Unknown";
            /** @description The API server removed the bodies because the event was too large. */
            readonly truncated: boolean;
        };
        /** @description Audit events, as an API server posts them to its webhook. */
        readonly AuditEventList: {
            /** @description `audit.k8s.io/v1`. */
            readonly apiVersion: string;
            /** @description An Event of `audit.k8s.io/v1` each, as the API server made it. Whatever else it is goes to quarantine. */
            readonly items: readonly unknown[];
            /**
             * @description What it is.
             * @constant
             */
            readonly kind: "EventList";
        } & {
            readonly [key: string]: unknown;
        };
        /** @description What a rule would have found in what is stored. */
        readonly Backtest: {
            /** @description As asked for; null for all that the token may see. */
            readonly cluster: string | null;
            /** @description When it was asked for. What was stored later is not in it. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Days with something, oldest first. */
            readonly days: readonly {
                /** @description A day in UTC: `2026-11-10`. */
                readonly day: string;
                /** @description Requests of this day that count. */
                readonly events: number;
                /** @description Findings whose first event is of this day. */
                readonly findings: number;
            }[] | null;
            /** @description Why it failed, and how to mend it. */
            readonly error: string | null;
            /** @description Requests that count for them. */
            readonly events: number | null;
            /** @description Findings that there would be; null until it is done, as all that follows. */
            readonly findings: number | null;
            /** @description When it ended; null until then. */
            readonly finished_at: components["schemas"]["MicroTime"] | null;
            /** @description Requests that exceptions of the rule hide, also in what is around the window. */
            readonly hidden: number | null;
            /** @description Of the back-test. */
            readonly id: string;
            /** @description What the rule said of each event, so far. */
            readonly judged: {
                /** @description What was not known and why, the most frequent first, at most 20. */
                readonly because: readonly {
                    /** @description Why, as the end of a sentence; or what the error says. */
                    readonly because: string;
                    /** @description The name of the cluster where it was so. */
                    readonly cluster: string;
                    /** @description Of how many events. */
                    readonly count: number;
                    /** @description Whether the rule is at fault. */
                    readonly error: boolean;
                    /** @description One of them: `evt_…`. */
                    readonly example: string;
                    /** @description What is not known; empty for an error. */
                    readonly what: string;
                }[];
                /** @description Those where the rule is at fault. */
                readonly errors: number;
                /** @description Events of the window that the match lets through, each stage by itself. */
                readonly evaluated: number;
                /** @description Those that could not be judged by what was recorded. */
                readonly insufficient: number;
                /** @description Of these, those that match. */
                readonly matched: number;
            };
            /** @description Paths of this API. */
            readonly links: {
                /** @description This back-test. */
                readonly self: string;
            };
            /** @description The name of the token that asked for it. */
            readonly maker: string;
            /** @description Null where no version of the name is in force, or it says the same. */
            readonly new_against_running: components["schemas"]["BacktestDifference"] | null;
            /** @description The day that opens the most findings; of several the last. */
            readonly peak: {
                /** @description A day in UTC: `2026-11-10`. */
                readonly day: string;
                /** @description Findings whose first event is of that day. */
                readonly findings: number;
            } | null;
            /** @description How far it is. */
            readonly progress: {
                /** @description Events that were read so far: those that the match lets through. */
                readonly events: number;
                /** @description How far it has gone through the window, by time. */
                readonly fraction: number;
            };
            /** @description Where it stopped, as the rule matches more than 250,000 requests; null where it did not. */
            readonly reached: components["schemas"]["MicroTime"] | null;
            /** @description The name of the rule. */
            readonly rule: string;
            /**
             * @description `queued`, `running`, and at last `done`, `failed` or `cancelled`.
             * @enum {string}
             */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
            /** @description The busiest findings, at most 20. */
            readonly top: readonly components["schemas"]["BacktestFinding"][] | null;
            readonly window: components["schemas"]["Window"];
        };
        /** @description The rule that was sent, against the version in force of its name. */
        readonly BacktestDifference: {
            /** @description Requests that count for these. */
            readonly events: number;
            /** @description What that finds in the same events. */
            readonly findings: number;
            /** @description The busiest that start, at most 20. */
            readonly starting: readonly components["schemas"]["BacktestFinding"][];
            /** @description Findings that there would be, and are none of that version. */
            readonly starts: number;
            /** @description The busiest that stop, at most 20. */
            readonly stopping: readonly components["schemas"]["BacktestFinding"][];
            /** @description Findings of that version that there would not be. */
            readonly stops: number;
            /** @description The version in force when it was asked. */
            readonly version: number;
        };
        /** @description What the rule would have found, of one group. */
        readonly BacktestFinding: {
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description The last of them: `evt_…`. */
            readonly event: string;
            /** @description Requests that count. */
            readonly events: number;
            /** @description The time of the first of them. */
            readonly first: components["schemas"]["MicroTime"];
            /** @description What it is of: fields that the rule groups by. */
            readonly group: {
                readonly [key: string]: string | null;
            };
            /** @description The id that the finding has, or would have: `fnd_…`. */
            readonly id: string;
            /** @description The time of the last of them. */
            readonly last: components["schemas"]["MicroTime"];
            /** @description The sentence of the rule, of its last event. */
            readonly summary: string;
        };
        /** @description A field of the object that has a value of its own. */
        readonly BlamedField: {
            /** @description The revision before; null for `set`, and where none is known. */
            readonly after: components["schemas"]["RevisionRef"] | null;
            /**
             * @description `set`: by `revision`. `set-or-unseen`: by it, or since `after` by a write that is not known. `unseen`: by none that is known; `revision` was the first to show it.
             * @enum {string}
             */
            readonly how: "set" | "set-or-unseen" | "unseen";
            /** @description Who managedFields say set it, which is what the client called itself: of several managers the one that wrote when it was set, else the last. Null where they do not say. */
            readonly manager: string | null;
            /** @description Nobody meant it: status, managedFields, versions, and what controllers note. */
            readonly noise: boolean;
            /** @description Where, such as `spec.template.spec.containers[api].image`; items of lists by their keys. */
            readonly path: string;
            /** @description The event; null where none tells of it. */
            readonly revision: components["schemas"]["RevisionRef"] | null;
            /** @description The value is secret. */
            readonly secret: boolean;
            /** @description A text, a number, a boolean, null, or an empty object or list. A secret is `(hidden)`. */
            readonly value: unknown;
        };
        /** @description A stretch of the window, from one full interval in UTC to the next. */
        readonly Bucket: {
            /** @description How many of them have each value of the key, of the 20 values that most have; null without `by`. */
            readonly by: {
                readonly [key: string]: number;
            } | null;
            /** @description Requests that match. */
            readonly count: number;
            /** @description Where it begins, itself in it. */
            readonly from: components["schemas"]["MicroTime"];
            /** @description Where it ends, itself not in it. */
            readonly to: components["schemas"]["MicroTime"];
        };
        /** @description One change of several findings. */
        readonly BulkChange: {
            /** @description Who looks after it; null for nobody. */
            readonly assignee?: string | null;
            /** @description In words. Who resolves or ignores a finding of severity high or critical must say something. */
            readonly comment?: string;
            /** @description At most 100, each once. */
            readonly findings: readonly components["schemas"]["TaggedFinding"][];
            /** @description Takes back what was proposed. By itself: without a state. */
            readonly proposed?: null;
            /**
             * @description Why it is resolved or ignored, which must be said.
             * @enum {string}
             */
            readonly reason?: "false_positive" | "testing_or_maintenance" | "remediated" | "expected" | "true_positive_benign" | "true_positive_malicious" | "other";
            /**
             * @description What it is from now on.
             * @enum {string}
             */
            readonly state?: "open" | "acknowledged" | "resolved" | "ignored";
            /** @description Of one that is ignored: when it opens again. Never, unless you say; of severity critical that stands as a proposal until another person sends the same. */
            readonly until?: components["schemas"]["NewIgnoreEnd"];
        };
        /** @description What came of one finding: all of the change, or nothing. */
        readonly BulkItem: {
            /** @description The code of the problem; null where it is changed. */
            readonly code: string | null;
            /** @description What is wrong; null where it is changed. */
            readonly detail: string | null;
            readonly id: components["schemas"]["FindingId"];
            /** @description As a PATCH of this one would be answered: 200, 202, 404, 409, 412 or 422. */
            readonly status: number;
            /** @description Of its triage now; null where there is no such finding. */
            readonly tag: string | null;
        };
        /** @description What came of each. */
        readonly BulkResult: {
            /** @description How many are as they were to be. */
            readonly changed: number;
            /** @description In the order in which they were sent. */
            readonly data: readonly components["schemas"]["BulkItem"][];
            /** @description How many are as they were. */
            readonly failed: number;
            /** @description How many wait for a second person (202). */
            readonly proposed: number;
        };
        /** @description One difference between two states of an object. */
        readonly Change: {
            /** @description The value before; missing for `add`. A secret is `(hidden)`. */
            readonly from?: unknown;
            /** @description Nobody meant it: status, managedFields, versions, and what controllers note for themselves. */
            readonly noise: boolean;
            /**
             * @description A value came, went, or became another.
             * @enum {string}
             */
            readonly op: "add" | "remove" | "replace";
            /** @description Where, such as `spec.template.spec.containers[api].image`; items of lists by their keys. Empty for the whole object. */
            readonly path: string;
            /** @description The values are secret, or a part of them. */
            readonly secret: boolean;
            /** @description The value after; missing for `remove`. A secret is `(hidden)`. */
            readonly to?: unknown;
        };
        /** @description What a write changed at one place, in short. */
        readonly ChangedField: {
            /** @description The value before: a text as it is, another as JSON, at most 200 characters, a secret `(hidden)`; null for none. */
            readonly from: string | null;
            /**
             * @description A value came, went, or became another.
             * @enum {string}
             */
            readonly op: "add" | "remove" | "replace";
            /** @description Where, such as `spec.template.spec.containers[api].image`; items of lists by their keys. Empty for the whole object. */
            readonly path: string;
            /** @description The value after, in the same way. */
            readonly to: string | null;
        };
        /** @description A part of a clause, and the value that decided it. */
        readonly ClauseDecision: {
            /** @description Where in the line, in characters from 1. */
            readonly column: number;
            /** @description A part of the clause that made it what it is. */
            readonly expression: string;
            /** @description Where it stands in the text of the rule, from 1. */
            readonly line: number;
            /** @description What it read, as a JSON pointer into its variables, such as `/object/spec/hostPID`; null for nothing. */
            readonly pointer: string | null;
            /**
             * @description What came of it.
             * @enum {string}
             */
            readonly result: "true" | "false" | "unknown" | "error";
            /** @description What stands there, cut where it is long; null also where it is not known. */
            readonly value: unknown;
        };
        /** @description A cluster that posts here. */
        readonly Cluster: {
            /**
             * Format: date-time
             * @description RFC 3339, in milliseconds.
             */
            readonly created_at: string;
            /** @description Ingest credentials that are in force. */
            readonly credentials: number;
            /** @description Events that are kept. */
            readonly events: number;
            /**
             * Format: uuid
             * @description Never changes.
             */
            readonly id: string;
            /** @description When something was last taken in; null before the first post. */
            readonly last_event_at: components["schemas"]["MicroTime"] | null;
            /** @description 1 to 63 small letters, digits, dots and hyphens. Never changes. */
            readonly name: string;
        };
        /** @description Which rules can work on what a cluster sends. */
        readonly ClusterCoverage: {
            /** @description Its name. */
            readonly cluster: string;
            /** @description How many rules have each status. */
            readonly counts: {
                /** @description Rules of the status `cannot`. */
                readonly cannot: number;
                /** @description Rules of the status `failing`. */
                readonly failing: number;
                /** @description Rules of the status `partly`. */
                readonly partly: number;
                /** @description Rules of the status `unseen`. */
                readonly unseen: number;
                /** @description Rules of the status `works`. */
                readonly works: number;
            };
            /** @description What is known to be missing of the window, newest first, at most 100. */
            readonly gaps: readonly components["schemas"]["Gap"][];
            /** @description YAML of the smallest change that mends all of them: the first items of `rules` of the audit policy, without those that have a caution; null where none is needed. */
            readonly policy: string | null;
            /** @description Those in force that judge events, those that cannot work first. */
            readonly rules: readonly components["schemas"]["RuleCoverage"][];
            /** @description Whole days by UTC. */
            readonly window: components["schemas"]["Window"];
        };
        /** @description How fresh a cluster is. */
        readonly ClusterFreshness: {
            /**
             * Format: date-time
             * @description RFC 3339, in milliseconds.
             */
            readonly created_at: string;
            /** @description Ingest credentials that are in force. */
            readonly credentials: number;
            /** @description Events that are kept. */
            readonly events: number;
            /** @description What is known to be missing of the last 24 hours, newest first, at most 100. */
            readonly gaps: readonly components["schemas"]["Gap"][];
            /**
             * Format: uuid
             * @description Never changes.
             */
            readonly id: string;
            /** @description What it posts by, each with numbers of its own. */
            readonly lanes: readonly {
                /** @description When something of it was last taken in. */
                readonly last_event_at: components["schemas"]["MicroTime"] | null;
                /** @description `main`, `backfill`, or that of an API server. */
                readonly name: string;
                /** @description Events that came by it so far, past retention included. */
                readonly numbered: number;
            }[];
            /** @description When something was last taken in; null before the first post. */
            readonly last_event_at: components["schemas"]["MicroTime"] | null;
            /** @description 1 to 63 small letters, digits, dots and hyphens. Never changes. */
            readonly name: string;
            /** @description requestReceivedTimestamp of its newest kept event. */
            readonly newest_event: components["schemas"]["MicroTime"] | null;
        };
        /** @description One page. */
        readonly ClusterPage: {
            readonly data: readonly components["schemas"]["Cluster"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description What may stand where somebody is typing. */
        readonly Completion: {
            /** @description The likeliest first, at most 50. */
            readonly candidates: readonly {
                /** @description What it means; empty where the text says it. */
                readonly description: string;
                /** @description What may stand there. */
                readonly text: string;
            }[];
            /** @description What a candidate replaces. */
            readonly span: {
                /** @description Where it ends, itself not in it. */
                readonly end: number;
                /** @description The first character, in UTF-16 code units from 0. */
                readonly start: number;
            };
        };
        /** @description A control of a framework. */
        readonly Control: {
            /** @description `PCI DSS` */
            readonly framework: string;
            /** @description `pci:10.2.1.2` */
            readonly id: string;
            /** @description Rules in force that are evidence for it. */
            readonly rules: number;
            /** @description What it asks for, in our words. */
            readonly title: string;
            /** @description Of which edition the id is. */
            readonly version: string;
        };
        /** @description What rules found about a control, and where nobody looked. */
        readonly ControlAnswer: {
            /** @description Those that the caller may see, by name, at most 100. */
            readonly clusters: readonly components["schemas"]["ControlCluster"][];
            /** @description Of all of them together. */
            readonly findings: number;
            /**
             * @description `eq`: exactly so many; `gte`: as many or more, for not all were counted.
             * @enum {string}
             */
            readonly findings_relation: "eq" | "gte";
            /** @description `PCI DSS` */
            readonly framework: string;
            /** @description `pci:10.2.1.2` */
            readonly id: string;
            readonly links: components["schemas"]["ControlLinks"];
            /** @description Those in force that are evidence for it, most findings first. */
            readonly rules: readonly components["schemas"]["ControlRule"][];
            /** @description What it asks for, in our words. */
            readonly title: string;
            /** @description Of which edition the id is. */
            readonly version: string;
            readonly window: components["schemas"]["Window"];
        };
        /** @description How far the answer holds for a cluster. */
        readonly ControlCluster: {
            /** @description Its name. */
            readonly cluster: string;
            readonly coverage: components["schemas"]["Coverage"];
            /** @description Findings of the cluster with an event in the window. */
            readonly findings: number;
            /**
             * @description `eq`: exactly so many; `gte`: as many or more, for not all were counted.
             * @enum {string}
             */
            readonly findings_relation: "eq" | "gte";
            /** @description Whether nothing is known to be missing, every rule could judge, and no exception hides anything. */
            readonly is_covered: boolean;
            /** @description Rules whose silence says nothing, or not all. */
            readonly not_judged: readonly {
                /** @description Events of the days of the window that it could not judge. */
                readonly insufficient: number;
                /** @description Its name. */
                readonly rule: string;
                /**
                 * @description As in the coverage of the cluster; never `works`.
                 * @enum {string}
                 */
                readonly status: "works" | "partly" | "cannot" | "failing" | "unseen";
            }[];
        };
        /** @description Paths of this API. */
        readonly ControlLinks: {
            /** @description The findings themselves. */
            readonly findings: string;
        };
        /** @description All in one page. */
        readonly ControlList: {
            /** @description Those that a rule names, by framework and number. */
            readonly data: readonly components["schemas"]["Control"][];
        };
        /** @description What a rule found in the window. */
        readonly ControlRule: {
            /** @description Their events in the window, as far as these are kept. */
            readonly events: number;
            /**
             * @description `eq`: exactly so many; `gte`: as many or more, for not all were counted.
             * @enum {string}
             */
            readonly events_relation: "eq" | "gte";
            /** @description Ids of the exceptions of the rule that hold now: what they hide is in none of these numbers. */
            readonly exceptions: readonly string[];
            /** @description Findings of it with an event in the window. */
            readonly findings: number;
            /**
             * @description `eq`: exactly so many; `gte`: as many or more, for not all were counted.
             * @enum {string}
             */
            readonly findings_relation: "eq" | "gte";
            /** @description The last of these, of all that were counted; null where there is none. */
            readonly last: components["schemas"]["MicroTime"] | null;
            /** @description The rule. */
            readonly name: string;
            /**
             * @description Of its findings.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /** @description What it is about. */
            readonly title: string;
            /** @description The one in force. */
            readonly version: number;
        };
        /** @description The question as it was understood, and how complete its numbers are. */
        readonly CountMeta: {
            /** @description Of a query with `initiator`: how far the search for who is behind events has come in its clusters. */
            readonly attribution?: components["schemas"]["Followed"];
            /** @description From here to the end of the window everything was counted; after `window.since` only where `stats.partial`. */
            readonly counted_since: components["schemas"]["MicroTime"];
            readonly coverage: components["schemas"]["Coverage"];
            /** @description Of a query with `changed`, `to`, `from_value` or `image`: how far history has come in its clusters. */
            readonly history?: components["schemas"]["Followed"];
            /**
             * @description By time.
             * @enum {string}
             */
            readonly order: "desc" | "asc";
            /** @description The question as it was understood, in its normal form. */
            readonly query: string;
            /** @description Of a query with `rule`, `vio`, `severity` or `control`: how far rules have judged what is stored in its clusters. */
            readonly rules?: components["schemas"]["Followed"];
            /** @description What it cost. */
            readonly stats: {
                /** @description The time was up before the page was full; the next page goes on from there. */
                readonly partial: boolean;
                /** @description Milliseconds that the question took here. */
                readonly took_ms: number;
            };
            /** @description What was stored by then is in the answer, on all its pages; null over more than 256 lanes. */
            readonly watermark: components["schemas"]["MicroTime"] | null;
            readonly window: components["schemas"]["Window"];
        };
        /** @description What is known to be missing. */
        readonly Coverage: {
            /** @description Whether nothing is known to be missing in the window. */
            readonly complete: boolean;
            /** @description What is known to be missing, newest first, at most 100. */
            readonly gaps: readonly components["schemas"]["Gap"][];
        };
        /** @description A rule that was taken away. Its versions and what it found stay. */
        readonly DeletedRule: {
            /** @description What judges under its name now: that of the folder or of the pack; null for nothing. */
            readonly in_force: components["schemas"]["Rule"] | null;
            /** @description Of the rule. */
            readonly name: string;
        };
        /** @description How many different values there are. */
        readonly Distinct: {
            /**
             * @description `gte`: there may be more, for not all was counted.
             * @enum {string}
             */
            readonly relation: "eq" | "gte";
            /** @description How many there are. */
            readonly value: number;
        };
        /** @description An OpenAPI document. */
        readonly Document: {
            /** @description 3.1.1 */
            readonly openapi: string;
        } & {
            readonly [key: string]: unknown;
        };
        /** @description What an event changed in its object. */
        readonly EventChange: {
            /** @description Without noise, at most 20. */
            readonly changes: readonly components["schemas"]["ChangedField"][];
            /** @description Of all of them. */
            readonly changes_count: number;
            /**
             * @description How much is known of the state after it: see Revision.
             * @enum {string}
             */
            readonly fidelity: "exact" | "derived" | "metadata-only" | "gap";
            /**
             * @description What it is about: see Revision.
             * @enum {string}
             */
            readonly significance: "created" | "deleted" | "deleting" | "changed" | "status" | "renewal" | "bookkeeping" | "unknown";
            /** @description In one line of at most 160 characters, such as `replicas 3 → 5`; may be empty. */
            readonly summary: string;
            /** @description False where a write that was not seen may have made some of them. */
            readonly sure: boolean;
        };
        /**
         * @description Made of the time and the bytes of the event, so that it is the same wherever the event is stored.
         * @example evt_00361D1BKPJPXH9XYBY3V2BRF0X7FDH1PWTPJSG
         */
        readonly EventId: string;
        /** @description Paths of this API. */
        readonly EventLinks: {
            /** @description What else was done to the object; null where it has no name. */
            readonly history: string | null;
            /** @description Its bytes, as they arrived. */
            readonly raw: string;
            /** @description This event. */
            readonly self: string;
        };
        /** @description The question as it was understood, and how complete its answer is. */
        readonly EventMeta: {
            /** @description Of a query with `initiator`: how far the search for who is behind events has come in its clusters. */
            readonly attribution?: components["schemas"]["Followed"];
            readonly coverage: components["schemas"]["Coverage"];
            /** @description Of a query with `changed`, `to`, `from_value` or `image`: how far history has come in its clusters. */
            readonly history?: components["schemas"]["Followed"];
            /**
             * @description By time.
             * @enum {string}
             */
            readonly order: "desc" | "asc";
            /** @description The question as it was understood, in its normal form. */
            readonly query: string;
            /** @description Of a query with `rule`, `vio`, `severity` or `control`: how far rules have judged what is stored in its clusters. */
            readonly rules?: components["schemas"]["Followed"];
            /** @description What it cost. */
            readonly stats: {
                /** @description The time was up before the page was full; the next page goes on from there. */
                readonly partial: boolean;
                /** @description Milliseconds that the question took here. */
                readonly took_ms: number;
            };
            /** @description With `include=total`: how many items all pages have together. */
            readonly total?: components["schemas"]["Total"];
            /** @description What was stored by then is in the answer, on all its pages; null over more than 256 lanes. */
            readonly watermark: components["schemas"]["MicroTime"] | null;
            readonly window: components["schemas"]["Window"];
        };
        /** @description One page, newest first. */
        readonly EventPage: {
            readonly data: readonly components["schemas"]["StoredEvent"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["EventMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description A question, as `GET /v1/events` takes it in its URL. */
        readonly EventSearch: {
            /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
            readonly cursor?: string;
            /** @description Only these fields of each event, and parts of them: `["id", "time", "actor.name"]`. */
            readonly fields?: readonly string[];
            /** @description `raw`, `total`, `changes`, `initiator` and `findings`, as `GET /v1/events` takes them. */
            readonly include?: readonly string[];
            /** @description Items in the page, 1 to 1000; 100 unless you say. */
            readonly limit?: number;
            /**
             * @description By time: `desc`, the default, is newest first.
             * @enum {string}
             */
            readonly order?: "desc" | "asc";
            /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
            readonly q?: string;
            /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
            readonly since?: string;
            /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
            readonly until?: string;
        };
        /** @description One stage of the request, an audit event of its own. */
        readonly EventStage: {
            /** @description The HTTP status at that stage; null before there is one. */
            readonly code: number | null;
            readonly id: components["schemas"]["EventId"];
            /**
             * @description As in `audit.stage`.
             * @enum {string}
             */
            readonly stage: "RequestReceived" | "ResponseStarted" | "ResponseComplete" | "Panic" | "Unknown";
            /** @description stageTimestamp; null where there is none. */
            readonly time: components["schemas"]["MicroTime"] | null;
        };
        /** @description What a finding was made of. */
        readonly Evidence: {
            /** @description Events behind it, newest first; those past retention are gone. */
            readonly data: readonly components["schemas"]["StoredEvent"][];
            /** @description Of a rule on gaps: those that it found, newest first, at most 100. */
            readonly gaps: readonly components["schemas"]["Gap"][];
            /** @description Whether there are more. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to this path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description What does not count in what a rule finds, while it holds. */
        readonly Exception: {
            /** @description Whether what was found before it began or ended is still being looked at. */
            readonly applying: boolean;
            /** @description When it was made. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description The name of the token that made it. */
            readonly created_by: string;
            /** @description When it ended. */
            readonly ended_at: components["schemas"]["MicroTime"] | null;
            /** @description Who deleted it; null where it expired, or holds. */
            readonly ended_by: string | null;
            /** @description When it ends by itself; null for never. */
            readonly expires_at: components["schemas"]["MicroTime"] | null;
            /** @description What it hides now. */
            readonly hides: {
                /** @description Findings that these are of. */
                readonly findings: number;
                /** @description Requests that do not count by it. */
                readonly requests: number;
            };
            /** @description Whether it has not ended. */
            readonly holds: boolean;
            /** @description Of the exception. */
            readonly id: string;
            /** @description Paths. */
            readonly links: {
                /** @description The rule. */
                readonly rule: string;
                /** @description This one. */
                readonly self: string;
            };
            /** @description The query; what it means does not count. */
            readonly match: string;
            /** @description Who answers for it. */
            readonly owner: string | null;
            /** @description Why that is no finding. */
            readonly reason: string;
            /** @description The name of the rule. */
            readonly rule: string;
        };
        /** @description One page. */
        readonly ExceptionPage: {
            readonly data: readonly components["schemas"]["Exception"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description What a query or a part of it asks for. */
        readonly Explained: {
            /** @description Of what it says so: of all, one or none of them. */
            readonly parts: readonly components["schemas"]["Explained"][];
            /** @description Without a full stop. */
            readonly sentence: string;
        };
        /** @description What a query will ask. */
        readonly Explanation: {
            readonly asked: components["schemas"]["Explained"];
            /** @description What answering it takes. */
            readonly cost: {
                /** @description Days of events that the window touches. */
                readonly days: number;
                /**
                 * @description Whether it names an object, actor or namespace by which events are found.
                 * @enum {string}
                 */
                readonly reads: "what it names" | "the whole window";
            };
            /** @description What makes it slow, or empty, or other than it was probably meant. */
            readonly hints: readonly string[];
            /** @description The query in its normal form, without the times that the window holds. */
            readonly query: string;
            readonly window: components["schemas"]["Window"];
        };
        /** @description Many events as files. */
        readonly Export: {
            /** @description When it was asked for. What was stored later is not in it. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Why it failed, and how to mend it. */
            readonly error: string | null;
            /** @description When its files go; null until it ended. */
            readonly expires_at: components["schemas"]["MicroTime"] | null;
            /** @description When it ended; null until then. */
            readonly finished_at: components["schemas"]["MicroTime"] | null;
            /**
             * @description As asked for.
             * @enum {string}
             */
            readonly format: "ndjson" | "csv" | "parquet" | "ocsf" | "ecs";
            /** @description Ids of exports sort by time. */
            readonly id: string;
            /** @description As asked for. */
            readonly include_raw: boolean;
            /** @description Paths of this API. */
            readonly links: {
                /** @description What proves its files; null until it is done. */
                readonly manifest: string | null;
                /** @description This export. */
                readonly self: string;
            };
            /** @description The name of the token that asked for it. */
            readonly maker: string;
            /** @description How far it is. */
            readonly progress: {
                /** @description Bytes of its files so far. */
                readonly bytes: number;
                /** @description How far it has gone through the window, by time. */
                readonly fraction: number;
                /** @description Files so far. */
                readonly parts: number;
                /** @description Events in its files so far. */
                readonly rows: number;
            };
            /** @description The question as it was understood, in its normal form and without its window. */
            readonly query: string;
            /**
             * @description `queued`, `running`, and at last `done`, `failed` or `cancelled`. Its files are whole in any state.
             * @enum {string}
             */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
            readonly window: components["schemas"]["Window"];
        };
        /** @description What an export is, and what proves that its files are all of it. */
        readonly ExportManifest: {
            /** @description Bytes of all files. */
            readonly bytes: number;
            readonly coverage: components["schemas"]["Coverage"];
            /** @description When the export was asked for. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description When its last file was made. */
            readonly finished_at: components["schemas"]["MicroTime"];
            /**
             * @description As asked for.
             * @enum {string}
             */
            readonly format: "ndjson" | "csv" | "parquet" | "ocsf" | "ecs";
            /** @description Ids of exports sort by time. */
            readonly id: string;
            /** @description As asked for. */
            readonly include_raw: boolean;
            /** @description The name of the token that asked for it. */
            readonly maker: string;
            /**
             * @description What this is.
             * @constant
             */
            readonly manifest: "plaintrail export";
            /** @description Every file. */
            readonly parts: readonly {
                /** @description Bytes of it. */
                readonly bytes: number;
                /** @description A name for the file. */
                readonly name: string;
                /** @description From 1, in the order of time. */
                readonly number: number;
                /** @description Events in it. */
                readonly rows: number;
                /** @description SHA-256 of these bytes, in hex. */
                readonly sha256: string;
            }[];
            /** @description The question as it was understood, in its normal form and without its window. */
            readonly query: string;
            /** @description Events in all files. */
            readonly rows: number;
            /** @description What is in the files. */
            readonly schema: {
                /** @description Of CSV and Parquet, in their order. */
                readonly columns?: readonly {
                    /** @description Of the column. */
                    readonly name: string;
                    /** @description What it holds. */
                    readonly type: string;
                }[];
                /** @description What a row is. */
                readonly name: string;
                /** @description Of that. */
                readonly version: string;
            };
            /** @description SHA-256, in hex, of the canonical JSON (RFC 8785) of all that stands here but this. */
            readonly sha256: string;
            /** @description Of which moment the files are. */
            readonly snapshot: {
                /** @description False over more than 256 lanes: then later events may be in it. */
                readonly exact: boolean;
                /** @description What was stored by then is in it, and what came later is not. */
                readonly taken_at: components["schemas"]["MicroTime"];
                /** @description How far each lane was stored then, for this server. */
                readonly watermark: string;
            };
            /** @description What made them. */
            readonly tool: {
                /**
                 * @description Always.
                 * @constant
                 */
                readonly name: "plaintrail";
                /** @description Of the server. */
                readonly version: string;
            };
            /**
             * @description Of the manifest.
             * @constant
             */
            readonly version: 1;
            readonly window: components["schemas"]["Window"];
        };
        /** @description One page. */
        readonly ExportPage: {
            readonly data: readonly components["schemas"]["Export"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description One file of an export: a whole file by itself. */
        readonly ExportPart: {
            /** @description Bytes of it. */
            readonly bytes: number;
            /** @description A name for the file. */
            readonly name: string;
            /** @description From 1, in the order of time. */
            readonly number: number;
            /** @description Events in it. */
            readonly rows: number;
            /** @description SHA-256 of these bytes, in hex. */
            readonly sha256: string;
            /** @description Where it is fetched, a path of this API. */
            readonly url: string;
        };
        /** @description An export and its files. */
        readonly ExportWithParts: {
            /** @description When it was asked for. What was stored later is not in it. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Why it failed, and how to mend it. */
            readonly error: string | null;
            /** @description When its files go; null until it ended. */
            readonly expires_at: components["schemas"]["MicroTime"] | null;
            /** @description When it ended; null until then. */
            readonly finished_at: components["schemas"]["MicroTime"] | null;
            /**
             * @description As asked for.
             * @enum {string}
             */
            readonly format: "ndjson" | "csv" | "parquet" | "ocsf" | "ecs";
            /** @description Ids of exports sort by time. */
            readonly id: string;
            /** @description As asked for. */
            readonly include_raw: boolean;
            /** @description Paths of this API. */
            readonly links: {
                /** @description What proves its files; null until it is done. */
                readonly manifest: string | null;
                /** @description This export. */
                readonly self: string;
            };
            /** @description The name of the token that asked for it. */
            readonly maker: string;
            /** @description Its files so far. More come until it is done. */
            readonly parts: readonly components["schemas"]["ExportPart"][];
            /** @description How far it is. */
            readonly progress: {
                /** @description Bytes of its files so far. */
                readonly bytes: number;
                /** @description How far it has gone through the window, by time. */
                readonly fraction: number;
                /** @description Files so far. */
                readonly parts: number;
                /** @description Events in its files so far. */
                readonly rows: number;
            };
            /** @description The question as it was understood, in its normal form and without its window. */
            readonly query: string;
            /**
             * @description `queued`, `running`, and at last `done`, `failed` or `cancelled`. Its files are whole in any state.
             * @enum {string}
             */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
            readonly window: components["schemas"]["Window"];
        };
        /** @description What values one field has. */
        readonly Facet: {
            readonly distinct: components["schemas"]["Distinct"];
            /**
             * @description A qualifier of the query language.
             * @enum {string}
             */
            readonly field: "actor" | "verb" | "ns" | "kind" | "outcome" | "class" | "cluster" | "client" | "code" | "sub" | "ip" | "as";
            /** @description Requests with no value, such as the namespace of what is no resource. */
            readonly none: number;
            /** @description Requests with another value. */
            readonly other: number;
            /** @description At most 100, those of most requests first. */
            readonly values: readonly components["schemas"]["ValueCount"][];
        };
        /** @description Which values the requests have that match. */
        readonly FacetsAnswer: {
            /** @description In the order asked for, at most 12. */
            readonly data: readonly components["schemas"]["Facet"][];
            readonly meta: components["schemas"]["CountMeta"];
            /** @description Requests that match. */
            readonly requests: number;
        };
        /** @description What a rule found: one for a cluster, a rule and a group, which counts its events. */
        readonly Finding: {
            /** @description Techniques of MITRE ATT&CK, such as `T1609`. */
            readonly attack: readonly string[];
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description To be pasted into a shell. Those that lack a value, or could not be shown for what they are, are left out. */
            readonly commands: readonly string[];
            /** @description What it is evidence for, such as `pci:10.2.1.2`. */
            readonly controls: readonly string[];
            /** @description Why it matters; may be empty. */
            readonly description: string;
            /** @description Requests in it. However often one is delivered, it is one. 0 where exceptions hide all. */
            readonly events: number;
            /** @description How many of these are past retention. */
            readonly expired_events: number;
            /** @description What the rule also finds and need not worry anybody. */
            readonly false_positives: readonly string[];
            /** @description The time of its first event; null where that has no usable one, or none counts. */
            readonly first: components["schemas"]["MicroTime"] | null;
            /** @description What it is of, by the fields that the rule groups by. */
            readonly group: {
                readonly [key: string]: string | null;
            };
            readonly id: components["schemas"]["FindingId"];
            /** @description Of a rule that finds what is new (`firstSeen`): since when this version of it knows what there was in the cluster, where it looks farther back; the summary says so. Else null. */
            readonly known_from: components["schemas"]["MicroTime"] | null;
            /** @description The time of its last event. */
            readonly last: components["schemas"]["MicroTime"] | null;
            readonly links: components["schemas"]["FindingLinks"];
            /** @description When it was found; null where exceptions hide all of it. */
            readonly opened_at: components["schemas"]["MicroTime"] | null;
            /** @description Who looks after the rule. */
            readonly owner: string | null;
            /** @description Where more is told. */
            readonly references: readonly string[];
            /** @description How to mend it, as of the last event; may be empty. */
            readonly remediation: string;
            /** @description The name of the rule that found it. */
            readonly rule: string;
            /**
             * @description How bad it is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /** @description Whether the rule was only tried out (`state: shadow`) when it found the last event. */
            readonly shadow: boolean;
            /** @description What happened, in one sentence, as of the last event. */
            readonly summary: string;
            /** @description What the rule finds, in one line. */
            readonly title: string;
            readonly triage: components["schemas"]["Triage"];
            /** @description Of the rule, when it found the last event. What follows is as that version says it. */
            readonly version: number;
        };
        /**
         * @description Made of the cluster, the rule and what the finding is of, so that it never changes.
         * @example fnd_2E12C3P4D302ZWR6GAHV0SPHYC
         */
        readonly FindingId: string;
        /** @description Paths of this API. */
        readonly FindingLinks: {
            /** @description Its events as a list, which can be searched on. */
            readonly events: string;
            /** @description The rule. */
            readonly rule: string;
            /** @description This finding, with its events. */
            readonly self: string;
        };
        /** @description The question as it was understood, and how complete its answer is. */
        readonly FindingMeta: {
            /** @description Whether the findings of this page come again, since they changed after the first page was read: each may have been on an earlier page, as it was then. With `sort=opened` only those that were being found when the first page was read, and have changed since. */
            readonly again: boolean;
            /** @description What was found later is on none of the pages. */
            readonly as_of: components["schemas"]["MicroTime"];
            /** @description The question as it was understood, in its normal form. */
            readonly query: string;
            /** @description How far rules have judged what is stored in the clusters that were asked about. */
            readonly rules: components["schemas"]["Followed"];
            readonly window: components["schemas"]["Window"];
        };
        /** @description One page. */
        readonly FindingPage: {
            readonly data: readonly components["schemas"]["Finding"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["FindingMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description A finding, and a page of the events behind it. */
        readonly FindingWithEvents: {
            /** @description Techniques of MITRE ATT&CK, such as `T1609`. */
            readonly attack: readonly string[];
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description To be pasted into a shell. Those that lack a value, or could not be shown for what they are, are left out. */
            readonly commands: readonly string[];
            /** @description What it is evidence for, such as `pci:10.2.1.2`. */
            readonly controls: readonly string[];
            /** @description Why it matters; may be empty. */
            readonly description: string;
            /** @description Requests in it. However often one is delivered, it is one. 0 where exceptions hide all. */
            readonly events: number;
            readonly evidence: components["schemas"]["Evidence"];
            /** @description How many of these are past retention. */
            readonly expired_events: number;
            /** @description What the rule also finds and need not worry anybody. */
            readonly false_positives: readonly string[];
            /** @description The time of its first event; null where that has no usable one, or none counts. */
            readonly first: components["schemas"]["MicroTime"] | null;
            /** @description What it is of, by the fields that the rule groups by. */
            readonly group: {
                readonly [key: string]: string | null;
            };
            /** @description What does not count in it, by the exceptions that hold; at most 100. */
            readonly hidden: readonly components["schemas"]["HiddenBy"][];
            readonly id: components["schemas"]["FindingId"];
            /** @description Of a rule that finds what is new (`firstSeen`): since when this version of it knows what there was in the cluster, where it looks farther back; the summary says so. Else null. */
            readonly known_from: components["schemas"]["MicroTime"] | null;
            /** @description The time of its last event. */
            readonly last: components["schemas"]["MicroTime"] | null;
            readonly links: components["schemas"]["FindingLinks"];
            /** @description When it was found; null where exceptions hide all of it. */
            readonly opened_at: components["schemas"]["MicroTime"] | null;
            /** @description Who looks after the rule. */
            readonly owner: string | null;
            /** @description Where more is told. */
            readonly references: readonly string[];
            /** @description How to mend it, as of the last event; may be empty. */
            readonly remediation: string;
            /** @description The name of the rule that found it. */
            readonly rule: string;
            /**
             * @description How bad it is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /** @description Whether the rule was only tried out (`state: shadow`) when it found the last event. */
            readonly shadow: boolean;
            /** @description What was done about it, newest first, at most 100; GET /v1/audit has all. */
            readonly steps: readonly components["schemas"]["Step"][];
            /** @description What happened, in one sentence, as of the last event. */
            readonly summary: string;
            /** @description What the rule finds, in one line. */
            readonly title: string;
            readonly triage: components["schemas"]["Triage"];
            /** @description Of the rule, when it found the last event. What follows is as that version says it. */
            readonly version: number;
        };
        /** @description Something that an actor did for the first time. */
        readonly First: {
            /** @description That event; any stage of its request, also a refused one. */
            readonly event: components["schemas"]["EventId"];
            /** @description Of the first event with it. */
            readonly time: components["schemas"]["MicroTime"];
            /** @description Its name; a kind is `deployments.apps`, or `pods` of the core group. */
            readonly value: string;
            /**
             * @description What was new.
             * @enum {string}
             */
            readonly what: "cluster" | "namespace" | "kind" | "client" | "ip";
        };
        /** @description What an actor did for the first time. */
        readonly FirstsAnswer: {
            /** @description The newest first, at most 1000 of each kind. */
            readonly data: readonly components["schemas"]["First"][];
            readonly meta: components["schemas"]["FirstsMeta"];
        };
        /** @description What was asked, and how far back it was compared. */
        readonly FirstsMeta: {
            /** @description What is stored before this was not compared, for the time was up; null where all was. */
            readonly compared_since: components["schemas"]["MicroTime"] | null;
            readonly window: components["schemas"]["Window"];
        };
        /** @description How far history, which is made after events are stored, has come in the cluster. */
        readonly Followed: {
            /** @description Stored events of the cluster that are not followed yet. */
            readonly behind: number;
            /** @description Whether all stored events of the cluster are followed. */
            readonly complete: boolean;
            /** @description All stored events that were received before are followed; null where that is not known. */
            readonly until: components["schemas"]["MicroTime"] | null;
        };
        /** @description Who asked, and for what, within a window. */
        readonly FoundActor: {
            /** @description Of these, how many of each class. */
            readonly by_class: {
                /** @description Requests that are `connect`. */
                readonly connect: number;
                /** @description Requests that are `other`. */
                readonly other: number;
                /** @description Requests that are `read`. */
                readonly read: number;
                /** @description Requests that are `write`. */
                readonly write: number;
            };
            /** @description Of these, how many ended in which way. */
            readonly by_outcome: {
                /** @description Requests that are `denied`. */
                readonly denied: number;
                /** @description Requests that are `error`. */
                readonly error: number;
                /** @description Requests that are `pending`. */
                readonly pending: number;
                /** @description Requests that are `rejected`. */
                readonly rejected: number;
                /** @description Requests that are `success`. */
                readonly success: number;
            };
            /** @description Programs that they claim to come from, at most 20, the most used first. */
            readonly clients: readonly components["schemas"]["ValueCount"][];
            /** @description The oldest event that is stored of it, whatever the window. */
            readonly first_seen: components["schemas"]["MicroTime"];
            /** @description Made of name and type, so that it is the same wherever the actor is stored. */
            readonly id: string;
            /** @description Addresses that the API server saw, at most 20, the most used first. */
            readonly ips: readonly components["schemas"]["ValueCount"][];
            /** @description The newest. */
            readonly last_seen: components["schemas"]["MicroTime"];
            /** @description user.username; empty for failed logins. */
            readonly name: string;
            /** @description Requests that match, in the window. */
            readonly requests: number;
            /**
             * @description What kind of caller it is, told from the name.
             * @enum {string}
             */
            readonly type: "human" | "service-account" | "node" | "control-plane" | "anonymous" | "failed-authentication";
        };
        /** @description An object, and what was done to it within a window. */
        readonly FoundObject: {
            /** @description Of these, writes that went well and were no dry runs. */
            readonly changes: number;
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description Of the first of these requests. */
            readonly first_seen: components["schemas"]["MicroTime"];
            /** @description The API group; empty for the core group. */
            readonly group: string;
            /** @description The kind of that resource; guessed from the plural where it is not known. */
            readonly kind: string;
            /** @description The last of the changes; null where there are none. */
            readonly last_change: components["schemas"]["LastChange"] | null;
            /** @description Of the last. */
            readonly last_seen: components["schemas"]["MicroTime"];
            readonly links: components["schemas"]["ObjectLinks"];
            /** @description Of the object. */
            readonly name: string;
            /** @description Empty where there is none. */
            readonly namespace: string;
            /** @description Of these, reads. */
            readonly reads: number;
            /** @description Requests that match, in the window. */
            readonly requests: number;
            /** @description The plural in small letters. */
            readonly resource: string;
            /** @description Of those that had the name one after the other, the last one first, at most 10; none where no event says. */
            readonly uids: readonly string[];
        };
        /** @description A stretch of time in which events of a cluster are known to be missing. */
        readonly Gap: {
            /** @description `body_too_large`, `log_refused`, `log_expired`, `cluster_silent`; there may be others later. */
            readonly cause: string;
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description Where it begins. */
            readonly from: components["schemas"]["MicroTime"];
            /** @description Where it ends, or how far it has come. */
            readonly to: components["schemas"]["MicroTime"];
        };
        /** @description Why a difference is not the work of one event alone. */
        readonly GapReason: {
            /** @description False where something else explains it as well, such as admission. */
            readonly certain: boolean;
            /**
             * @description What shows it.
             * @enum {string}
             */
            readonly kind: "beginning" | "read" | "version" | "generation" | "section" | "deletion" | "manager" | "repeated" | "unasked" | "unplaced" | "state-unknown";
            /** @description In words. */
            readonly says: string;
        };
        /** @description Whether there are more within the window. */
        readonly HasMore: {
            /** @description After it. */
            readonly after: boolean;
            /** @description Before what is shown. */
            readonly before: boolean;
        };
        /** @description What is not counted, and by what. */
        readonly HiddenBy: {
            /** @description The id of an exception. */
            readonly exception: string;
            /** @description How many requests of this finding do not count by it. */
            readonly requests: number;
        };
        /** @description How many requests match, over time. */
        readonly HistogramAnswer: {
            /** @description Oldest first, also where there is nothing; at most 5000. */
            readonly data: readonly components["schemas"]["Bucket"][];
            /**
             * @description The length of a bucket; the first and the last end with the window.
             * @enum {string}
             */
            readonly interval: "1m" | "5m" | "15m" | "1h" | "6h" | "1d";
            readonly meta: components["schemas"]["CountMeta"];
        };
        /** @description How far history has come. */
        readonly HistoryMeta: {
            readonly history: components["schemas"]["Followed"];
        };
        /** @description When it opens again: one of the three is not null. */
        readonly IgnoreEnd: {
            /** @description With so many events in all. */
            readonly events: number | null;
            /** @description With an event that this query means. */
            readonly match: string | null;
            /** @description At this time. */
            readonly time: components["schemas"]["MicroTime"] | null;
        };
        /** @description Who is behind an event, which the caller may only have carried out. The user agent is never evidence of who. */
        readonly Initiator: {
            /** @description From the event back to who is behind it, at most 16 links; none that leads to another event where the caller is. */
            readonly chain: readonly {
                readonly event: components["schemas"]["EventId"];
                /** @description The kind of link: `owner`, `deleted-owner`, `credential`, `sync` …; `release`, `drain`, `tool` and `commit` say what for and how, and never who. */
                readonly what: string;
                /** @description The evidence, as a sentence; its wording may change. */
                readonly why: string;
            }[];
            /**
             * @description `certain`: identities, uids, generations or contents tie every link. `likely`: one is by name, by time, or a claim. `unknown`: less, and nobody is named.
             * @enum {string}
             */
            readonly confidence: "certain" | "likely" | "unknown";
            /** @description What was looked at and was not enough, as sentences; at most 8. */
            readonly considered: readonly string[];
            /**
             * @description What is behind the event: `commit` where a GitOps system names the revision that it acted for.
             * @enum {string}
             */
            readonly kind: "person" | "service-account" | "commit" | "unknown";
            /** @description A username, or a revision as that system writes it; empty for `unknown`. */
            readonly name: string;
        };
        /** @description Work that failed in all its attempts, and waits for a person. */
        readonly Job: {
            /** @description How often it was tried. */
            readonly attempts: number;
            /** @description When it came. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description When its last attempt failed. */
            readonly dead_at: components["schemas"]["MicroTime"];
            /** @description What the last attempt failed of. */
            readonly error: string | null;
            /**
             * Format: uuid
             * @description Of the job.
             */
            readonly id: string;
            /** @description What it does. */
            readonly kind: string;
        };
        /** @description One page. */
        readonly JobPage: {
            readonly data: readonly components["schemas"]["Job"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description The last of the changes. */
        readonly LastChange: {
            /** @description Who asked. */
            readonly actor: string;
            /** @description When it was asked for. */
            readonly time: components["schemas"]["MicroTime"];
            /** @description With which verb. */
            readonly verb: string;
        };
        /** @description One object that had the name. */
        readonly Lifetime: {
            /**
             * @description `unseen`: the name was used again, so it was gone; `open`: nothing says that it is gone.
             * @enum {string}
             */
            readonly end: "seen" | "unseen" | "open";
            /** @description Its end; null where there is none yet, or it was not seen. */
            readonly ended: components["schemas"]["RevisionRef"] | null;
            /** @description Its creation; null where it was not seen. */
            readonly made: components["schemas"]["RevisionRef"] | null;
            /** @description Of the object. */
            readonly uid: string;
        };
        /** @description A rule in force, without its text. */
        readonly ListedRule: {
            /** @description Techniques of MITRE ATT&CK, such as `T1609`. */
            readonly attack: readonly string[];
            /** @description Who made this version: the name of the token, or where it was loaded from. */
            readonly author: string;
            /** @description Commands that mend or look into it, with `{{field}}` in them. */
            readonly commands: readonly string[];
            /** @description What it is evidence for, such as `pci:10.2.1.2`. */
            readonly controls: readonly string[];
            /** @description When this version was made. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Why it matters; may be empty. */
            readonly description: string;
            /** @description Where it failed on too many events, and so is left out until it is changed; null where it works. */
            readonly failing: {
                /** @description What went wrong. */
                readonly says: string;
                /** @description From then on it judges nothing. */
                readonly since: components["schemas"]["MicroTime"];
            } | null;
            /** @description What it also finds and need not worry anybody. */
            readonly false_positives: readonly string[];
            /** @description What any version of it found in clusters that you may see; also while it was tried out. */
            readonly findings: number;
            /** @description One finding for each of these values in a cluster. */
            readonly group_by: readonly string[];
            /** @description SHA-256 of its text, in hex. */
            readonly hash: string;
            /** @description As its file has them. */
            readonly labels: {
                readonly [key: string]: string;
            };
            /** @description The time of the latest event among these; null where there is none. */
            readonly last_found: components["schemas"]["MicroTime"] | null;
            readonly links: components["schemas"]["RuleLinks"];
            /** @description Unique among rules. */
            readonly name: string;
            /** @description What must be recorded, beside what it reads. */
            readonly needs: {
                /** @description The audit level that it needs; null where the rest of it says that. */
                readonly level: string | null;
                /** @description The stage that must be recorded; null for any. */
                readonly stage: string | null;
            };
            /** @description Null where the rule says nothing about it. */
            readonly noise: components["schemas"]["RuleNoise"] | null;
            /**
             * @description What it judges: each event, or each stretch in which events are missing.
             * @enum {string}
             */
            readonly on: "event" | "gap";
            /** @description Who looks after it. */
            readonly owner: string | null;
            /** @description Where more is told. */
            readonly references: readonly string[];
            /** @description How to mend what it finds, with `{{field}}` in it; may be empty. */
            readonly remediation: string;
            /**
             * @description How bad that is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /**
             * @description `pack`: came with the server; `folder`: from its folder of rules; `api`: was put here. The last wins.
             * @enum {string}
             */
            readonly source: "pack" | "folder" | "api";
            /**
             * @description `off` judges nothing. `shadow` judges, and what it finds is left out of lists unless `shadow=true`.
             * @enum {string}
             */
            readonly state: "active" | "shadow" | "off";
            /** @description What it finds, in one line. */
            readonly title: string;
            /** @description Counts from 1 for each name. */
            readonly version: number;
        };
        /**
         * Format: date-time
         * @description RFC 3339 in UTC with microseconds.
         * @example 2026-11-20T12:13:22.395502Z
         */
        readonly MicroTime: string;
        /** @description The object that the path names. */
        readonly NamedObject: {
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description The API group; empty for the core group. */
            readonly group: string;
            /** @description The kind of that resource; guessed from the plural where it is not known. */
            readonly kind: string;
            /** @description Of the object. */
            readonly name: string;
            /** @description Empty where there is none. */
            readonly namespace: string;
            /** @description The plural in small letters. */
            readonly resource: string;
        };
        /** @description One request, and where it stands. */
        readonly Neighbor: {
            readonly event: components["schemas"]["StoredEvent"];
            /**
             * @description `self` is the request of the event that was asked about.
             * @enum {string}
             */
            readonly place: "before" | "self" | "after";
        };
        /** @description What happened around one event. */
        readonly NeighborsAnswer: {
            /** @description Oldest first. */
            readonly data: readonly components["schemas"]["Neighbor"][];
            readonly meta: components["schemas"]["NeighborsMeta"];
        };
        /** @description Where it was looked, and what is known to be missing there. */
        readonly NeighborsMeta: {
            readonly coverage: components["schemas"]["Coverage"];
            readonly has_more: components["schemas"]["HasMore"];
            readonly window: components["schemas"]["Window"];
        };
        /** @description A rule, and the time over which it is to be tried. */
        readonly NewBacktest: {
            /** @description The name of a cluster; all that you may see, unless you say. */
            readonly cluster?: string;
            /** @description The name of a rule: the version of it that holds now. Either this or `text`. */
            readonly rule?: string;
            /** @description Where the window begins, as of a list of events. 30 days ago, unless you say. */
            readonly since?: string;
            /** @description A rule file with one rule. It is also told what changes against the version in force of its name. */
            readonly text?: string;
            /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
            readonly until?: string;
        };
        /** @description A cluster to add. */
        readonly NewCluster: {
            /**
             * @description What the API servers show: a bearer token, or a client certificate.
             * @default token
             * @enum {string}
             */
            readonly credential: "token" | "certificate";
            /**
             * @description 1 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends.
             * @example prod-eu
             */
            readonly name: string;
        };
        /** @description Something about a finding. */
        readonly NewComment: {
            /** @description In words. */
            readonly comment: string;
        };
        /** @description What is not to count in what a rule finds. */
        readonly NewException: {
            /** @description When it ends by itself; never unless you say. Of a rule of severity critical it must be said. */
            readonly expires_at?: string | null;
            /** @description A query of what stands in the event itself: `actor:sa:ci/* ns:build`. What it means does not count. */
            readonly match: string;
            /** @description Who answers for it. */
            readonly owner?: string | null;
            /** @description Why that is no finding. */
            readonly reason: string;
            /** @description The name of a rule on events. */
            readonly rule: string;
        };
        /** @description A question whose whole answer is to be written to files. */
        readonly NewExport: {
            /**
             * @description `ndjson`: events as `GET /v1/events` has them, one a line; `csv`: no cell is a formula; `parquet`; `ocsf`: API Activity 1.8; `ecs`: Elastic Common Schema.
             * @enum {string}
             */
            readonly format: "ndjson" | "csv" | "parquet" | "ocsf" | "ecs";
            /**
             * @description Whether each event also has its bytes. That takes much more room.
             * @default false
             */
            readonly include_raw: boolean;
            /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
            readonly q?: string;
            /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
            readonly since?: string;
            /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
            readonly until?: string;
        };
        /** @description When an ignored finding opens again: one of the three. */
        readonly NewIgnoreEnd: {
            /** @description With so many more events. */
            readonly events?: number;
            /** @description With an event that this query means, of what stands in the event itself: `ns:prod-*`. */
            readonly match?: string;
            /**
             * Format: date-time
             * @description At this time.
             */
            readonly time?: string;
        };
        /** @description A token to add. */
        readonly NewToken: {
            /** @description From then on it is not known; never unless you say. */
            readonly expires_at?: string | null;
            /**
             * @description Who asks with it: 1 to 63 small letters, digits and `. @ _ + -` with a letter or digit at both ends; not an id, and not `admin` or `plaintrail` or what looks like these (`adm1n`). White space around it is left out. Of the tokens that hold only one has a name.
             * @example alice@acme.io
             */
            readonly name: string;
        };
        /** @description What the server has to tell its operators. Each is told once. */
        readonly Notice: {
            /** @description Whom it is about; null for no cluster in particular. */
            readonly cluster: string | null;
            /** @description One sentence. */
            readonly detail: string;
            /**
             * Format: uuid
             * @description Of this notice.
             */
            readonly id: string;
            /** @description What kind, such as `quarantine.noticed`. */
            readonly kind: string;
            /** @description When it was told. */
            readonly time: components["schemas"]["MicroTime"];
        };
        /** @description One page, newest first. */
        readonly NoticePage: {
            readonly data: readonly components["schemas"]["Notice"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["WindowMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description An object as it was. */
        readonly ObjectAt: {
            /** @description The object as it was, secrets `(hidden)`; null where there was none, or it is not known. */
            readonly manifest: {
                readonly [key: string]: unknown;
            } | null;
            readonly meta: components["schemas"]["HistoryMeta"];
            readonly object: components["schemas"]["NamedObject"];
            readonly state: components["schemas"]["ObjectState"];
            /** @description Why something is not known; null where all is. */
            readonly why_not: components["schemas"]["WhyNot"] | null;
        };
        /** @description Who set each field of an object last. */
        readonly ObjectBlame: {
            /** @description In the order of the object, at most 10,000; empty where it was not there, or is not known. */
            readonly fields: readonly components["schemas"]["BlamedField"][];
            /** @description There are more fields, or more revisions than could be looked at: `says`. */
            readonly is_cut: boolean;
            readonly meta: components["schemas"]["HistoryMeta"];
            readonly object: components["schemas"]["NamedObject"];
            /** @description What is left out, and what that means, in a sentence; null where `is_cut` is false. */
            readonly says: string | null;
            readonly state: components["schemas"]["ObjectState"];
            /** @description Why the state is not known; null where it is. */
            readonly why_not: components["schemas"]["WhyNot"] | null;
        };
        /** @description What is different between two states. */
        readonly ObjectDiff: {
            /** @description What takes the first to the second, at most 1,000. */
            readonly changes: readonly components["schemas"]["Change"][];
            /** @description Of all of them, without the noise that is not shown. */
            readonly changes_count: number;
            readonly from: components["schemas"]["ObjectState"];
            /** @description There are more than are listed. */
            readonly is_cut: boolean;
            readonly meta: components["schemas"]["HistoryMeta"];
            /** @description Differences that nobody meant: `noise=true` shows them. */
            readonly noise_count: number;
            readonly object: components["schemas"]["NamedObject"];
            /** @description That the two are different objects of one name, as a sentence; null where they are one. */
            readonly recreated: string | null;
            readonly to: components["schemas"]["ObjectState"];
            /** @description Why something is not known; null where all is. */
            readonly why_not: components["schemas"]["WhyNot"] | null;
        };
        /** @description Paths of this API. */
        readonly ObjectLinks: {
            /** @description What was done to it, over all of time. */
            readonly history: string;
        };
        /** @description One page, newest first. */
        readonly ObjectPage: {
            readonly data: readonly components["schemas"]["FoundObject"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["CountMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description What was touched (kubernetes/apiserver pkg/apis/audit/v1/types.go, ObjectReference). */
        readonly ObjectRef: {
            /** @description objectRef.apiGroup; empty for the core group. */
            readonly group: string;
            /** @description The kind of that resource; guessed from the plural where it is not known. */
            readonly kind: string;
            /** @description objectRef.name, or the name that the API server made; empty for a whole collection. */
            readonly name: string;
            /** @description objectRef.namespace; empty where there is none. */
            readonly namespace: string;
            /** @description objectRef.resource: the plural in small letters. */
            readonly resource: string;
            /** @description objectRef.subresource, such as `exec`; null for none. */
            readonly subresource: string | null;
            /** @description The uid of the object, where the request or the response has it. */
            readonly uid: string | null;
            /** @description objectRef.apiVersion. */
            readonly version: string;
        };
        /** @description An object at a time, and how far that is to be trusted. */
        readonly ObjectState: {
            /** @description Of the state: `exact` as the API server answered it, `derived` from a patch, `metadata-only` not known; null where there is none. Never `gap`. */
            readonly fidelity: ("exact" | "derived" | "metadata-only" | "gap") | null;
            /** @description The next revision, where it may have been in force already: its request was under way. */
            readonly or_already: components["schemas"]["RevisionRef"] | null;
            /** @description A write that was not seen may have changed it by then, or events since are known to be missing. */
            readonly or_unseen: boolean;
            /**
             * @description Whether it was there. `maybe`: nothing that is stored tells; `not-yet`: it was made later.
             * @enum {string}
             */
            readonly presence: "present" | "gone" | "not-yet" | "maybe";
            /** @description What made the state; null where nothing before tells of it. */
            readonly revision: components["schemas"]["RevisionRef"] | null;
            /** @description All of that in one sentence, for people; its wording may change. */
            readonly says: string;
            /** @description The time that was asked about, or that of the event that was. */
            readonly time: components["schemas"]["MicroTime"];
            /** @description Of the object that had the name then; null where it is not known. */
            readonly uid: string | null;
        };
        /** @description What takes a change back. */
        readonly ObjectUndo: {
            /** @description What the patches do: the changes of the event, the other way round. */
            readonly changes: readonly components["schemas"]["Change"][];
            /** @description Each of them alone does it, the plainest first. */
            readonly commands: readonly components["schemas"]["UndoCommand"][];
            /** @description What somebody changed since. */
            readonly conflicts: readonly components["schemas"]["UndoConflict"][];
            /** @description Why some of what differs may be the work of others; empty where it is not. */
            readonly doubts: readonly string[];
            readonly event: components["schemas"]["EventId"];
            readonly meta: components["schemas"]["HistoryMeta"];
            readonly object: components["schemas"]["NamedObject"];
            readonly patches: components["schemas"]["UndoPatches"];
            /** @description What cannot be taken back. */
            readonly refused: readonly components["schemas"]["UndoRefused"][];
            /** @description The object now, which the patches are for. */
            readonly state: components["schemas"]["ObjectState"];
            /** @description Why something is not known; null where all is. */
            readonly why_not: components["schemas"]["WhyNot"] | null;
        };
        /** @description An error (RFC 9457). */
        readonly Problem: {
            /**
             * @description The kind of problem, for programs.
             * @enum {string}
             */
            readonly code: "query_syntax" | "bad_request" | "auth_required" | "forbidden" | "not_found" | "conflict" | "idempotency_mismatch" | "gone" | "precondition_failed" | "precondition_required" | "payload_too_large" | "headers_too_large" | "unavailable" | "unprocessable" | "rate_limited" | "internal" | "busy" | "dependency_unavailable";
            /** @description What could not be done, for people. */
            readonly detail: string;
            /** @description Where this server tells more about such problems. */
            readonly docs: string;
            /** @description What is wrong in the body. */
            readonly errors?: readonly {
                /** @description Of a rule: where in the line, in characters from 1. */
                readonly column?: number;
                /** @description What is wrong with it. */
                readonly detail?: string;
                /** @description Of a rule: how to mend it. */
                readonly hint?: string | null;
                /** @description Of a rule: where it is wrong, from 1. */
                readonly line?: number;
                /** @description A JSON pointer (RFC 6901) to the field; of a rule there is none. */
                readonly pointer?: string;
            }[];
            /** @description How to mend it. */
            readonly hint?: string;
            /** @description The path that was asked. */
            readonly instance: string;
            /** @description The parameter at fault, as it was sent. */
            readonly parameter?: string;
            /** @description Where in `q` the fault is. */
            readonly pointer?: {
                /** @description Where it ends, itself not in it. */
                readonly end: number;
                /** @description The first character, counted in UTF-16 code units from 0. */
                readonly start: number;
            };
            /** @description As in X-Request-Id; it stands in the log. */
            readonly request_id: string;
            /** @description The HTTP status. */
            readonly status: number;
            /** @description What was probably meant; for `q` the whole query, mended. */
            readonly suggestion?: string;
            /** @description The reason phrase of the status. */
            readonly title: string;
            /** @description A URI that names the kind of problem (RFC 9457 section 3.1.1); `code` says the same. */
            readonly type: string;
        };
        /** @description What a policy would add. */
        readonly ProjectedVolume: {
            /** @description Bytes a day of these as API servers send them. */
            readonly bytes_a_day: number;
            /** @description Requests a day that it would record so, counted in the window; those that are not recorded at all now are in none. */
            readonly events_a_day: number;
            /**
             * @description `sampled`: the size is that of such events here; `typical`: there are none, and it is that of a usual one.
             * @enum {string}
             */
            readonly size: "sampled" | "typical";
        };
        /** @description What somebody wants it to be, and another person has to confirm. */
        readonly Proposal: {
            /** @description When. */
            readonly at: components["schemas"]["MicroTime"];
            /** @description The name of the token. Another one has to confirm it. */
            readonly by: string;
            /** @description In words. */
            readonly comment: string | null;
            /**
             * @description Why.
             * @enum {string}
             */
            readonly reason: "false_positive" | "testing_or_maintenance" | "remediated" | "expected" | "true_positive_benign" | "true_positive_malicious" | "other";
            /**
             * @description What it is to be: ignored, for ever.
             * @constant
             */
            readonly state: "ignored";
        };
        /** @description A rule that was put, and what its text may not say as it was meant. */
        readonly PutRule: {
            /** @description Techniques of MITRE ATT&CK, such as `T1609`. */
            readonly attack: readonly string[];
            /** @description Who made this version: the name of the token, or where it was loaded from. */
            readonly author: string;
            /** @description Commands that mend or look into it, with `{{field}}` in them. */
            readonly commands: readonly string[];
            /** @description What it is evidence for, such as `pci:10.2.1.2`. */
            readonly controls: readonly string[];
            /** @description When this version was made. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Why it matters; may be empty. */
            readonly description: string;
            /** @description Where it failed on too many events, and so is left out until it is changed; null where it works. */
            readonly failing: {
                /** @description What went wrong. */
                readonly says: string;
                /** @description From then on it judges nothing. */
                readonly since: components["schemas"]["MicroTime"];
            } | null;
            /** @description What it also finds and need not worry anybody. */
            readonly false_positives: readonly string[];
            /** @description One finding for each of these values in a cluster. */
            readonly group_by: readonly string[];
            /** @description SHA-256 of its text, in hex. */
            readonly hash: string;
            /** @description As its file has them. */
            readonly labels: {
                readonly [key: string]: string;
            };
            readonly links: components["schemas"]["RuleLinks"];
            /** @description Unique among rules. */
            readonly name: string;
            /** @description What must be recorded, beside what it reads. */
            readonly needs: {
                /** @description The audit level that it needs; null where the rest of it says that. */
                readonly level: string | null;
                /** @description The stage that must be recorded; null for any. */
                readonly stage: string | null;
            };
            /**
             * @description What it judges: each event, or each stretch in which events are missing.
             * @enum {string}
             */
            readonly on: "event" | "gap";
            /** @description Who looks after it. */
            readonly owner: string | null;
            /** @description Where more is told. */
            readonly references: readonly string[];
            /** @description How to mend what it finds, with `{{field}}` in it; may be empty. */
            readonly remediation: string;
            /**
             * @description How bad that is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /**
             * @description `pack`: came with the server; `folder`: from its folder of rules; `api`: was put here. The last wins.
             * @enum {string}
             */
            readonly source: "pack" | "folder" | "api";
            /**
             * @description `off` judges nothing. `shadow` judges, and what it finds is left out of lists unless `shadow=true`.
             * @enum {string}
             */
            readonly state: "active" | "shadow" | "off";
            /** @description As it was written. */
            readonly text: string;
            /** @description What it finds, in one line. */
            readonly title: string;
            /** @description Counts from 1 for each name. */
            readonly version: number;
            /** @description What is right and may surprise; of a file of Falco or Sigma also what is not carried over, or means more. */
            readonly warnings: readonly components["schemas"]["RuleError"][];
        };
        /** @description Something that arrived and could not be read, kept byte for byte. */
        readonly Quarantined: {
            /** @description With `bytes=true`: the item in base64 (RFC 4648); null past retention. */
            readonly bytes?: string | null;
            /** @description Who posted it; null where not even that could be read. */
            readonly cluster: string | null;
            /** @description One sentence for why. */
            readonly detail: string;
            /**
             * Format: uuid
             * @description Of this entry.
             */
            readonly id: string;
            /** @description One word for why, such as `not_an_object`. */
            readonly reason: string;
            /** @description Bytes of the item. */
            readonly size: number;
            /** @description When it arrived. */
            readonly time: components["schemas"]["MicroTime"];
        };
        /** @description One page, newest first. */
        readonly QuarantinePage: {
            readonly data: readonly components["schemas"]["Quarantined"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["WindowMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description An audit event as the API server wrote it. */
        readonly RawEvent: unknown;
        /** @description Whether it can work, and why not. */
        readonly Readiness: {
            /** @description By part. */
            readonly checks: {
                readonly [key: string]: {
                    /** @description It works, and what protects it is used up. */
                    readonly degraded?: boolean;
                    /** @description One sentence for the operator. */
                    readonly detail: string;
                    /** @description Whether this part works. */
                    readonly ok: boolean;
                };
            };
            /** @description Whether it may be given work. */
            readonly ok: boolean;
            /**
             * @description `degraded`: it works, and what protects it is used up.
             * @enum {string}
             */
            readonly status: "ok" | "degraded" | "failed";
        };
        /** @description A job that is tried again. */
        readonly RetriedJob: {
            /**
             * Format: uuid
             * @description Of the job.
             */
            readonly id: string;
            /**
             * @description It is tried soon.
             * @constant
             */
            readonly state: "waiting";
        };
        /** @description One state of an object, or one write whose outcome was not seen. */
        readonly Revision: {
            /** @description Null where the event itself is past retention. */
            readonly actor: components["schemas"]["Writer"] | null;
            /**
             * @description Whether there was a write between it and the one before whose answer is not there: see `reasons` where `broken`. `but-status`: writes to status alone, so that only status may be of others.
             * @enum {string}
             */
            readonly adjacency: "first" | "proven" | "assumed" | "but-status" | "broken";
            /** @description What it changed, without noise, at most 20. */
            readonly changes: readonly components["schemas"]["ChangedField"][];
            /** @description Of all of them. */
            readonly changes_count: number;
            /** @description The program that the user agent claims to be, such as `kubectl 1.33.3`; null where there is none. */
            readonly client: string | null;
            readonly event: components["schemas"]["EventId"];
            /**
             * @description `exact`: the state was answered, and what differs was changed by this event (but for status, where `adjacency` says `but-status`). `gap`: the state was answered, and others had a part in what differs. `derived`: no answer showed it. `metadata-only`: that it was written.
             * @enum {string}
             */
            readonly fidelity: "exact" | "derived" | "metadata-only" | "gap";
            /** @description Who is behind it; null where that was not looked for yet. */
            readonly initiator: components["schemas"]["Initiator"] | null;
            /**
             * @description What the event shows of it.
             * @enum {string}
             */
            readonly observed: "state" | "deleted" | "deleting" | "patch-only" | "metadata-only";
            /** @description What speaks of a write between the two; empty unless `broken` or `but-status`. */
            readonly reasons: readonly components["schemas"]["GapReason"][];
            /** @description Null where the event does not say it, as most ends. */
            readonly resource_version: number | null;
            /**
             * @description What it is about; `status`, `renewal` and `bookkeeping` are left out unless `all=true`.
             * @enum {string}
             */
            readonly significance: "created" | "deleted" | "deleting" | "changed" | "status" | "renewal" | "bookkeeping" | "unknown";
            /**
             * @description `read`: the write was not seen, and a read was the first to show it.
             * @enum {string}
             */
            readonly source: "write" | "read";
            /** @description What it changed in one line of at most 160 characters, such as `replicas 3 → 5`; may be empty. */
            readonly summary: string;
            /** @description When its request was received. */
            readonly time: components["schemas"]["MicroTime"];
            /** @description Of the object; null where no body and no reference says it. */
            readonly uid: string | null;
            /** @description How many writes were certainly not seen before it. */
            readonly unseen_min: number;
            /** @description Of the request; empty where the event itself is past retention. */
            readonly verb: string;
        };
        /** @description What was asked, and how complete its answer is. */
        readonly RevisionMeta: {
            /** @description Revisions in the window that `all=true` shows beside these; 10001 for more. */
            readonly hidden: number;
            readonly history: components["schemas"]["Followed"];
            readonly object: components["schemas"]["NamedObject"];
            /** @description Why states are not known; null where some are. */
            readonly why_not: components["schemas"]["WhyNot"] | null;
            readonly window: components["schemas"]["Window"];
        };
        /** @description One page. */
        readonly RevisionPage: {
            /** @description By version, newest first, whatever the clocks say. */
            readonly data: readonly components["schemas"]["Revision"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description The objects that had the name, the last one first, at most 100. */
            readonly lifetimes: readonly components["schemas"]["Lifetime"][];
            readonly meta: components["schemas"]["RevisionMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description The event that made a state of an object, or was the first to show it. */
        readonly RevisionRef: {
            /** @description Null where the event itself is past retention. */
            readonly actor: components["schemas"]["Writer"] | null;
            /** @description The program that the user agent claims to be, such as `kubectl 1.33.3`; null where there is none. */
            readonly client: string | null;
            readonly event: components["schemas"]["EventId"];
            /** @description Who is behind it; null where that was not looked for yet. */
            readonly initiator: components["schemas"]["Initiator"] | null;
            /** @description Null where the event does not say it, as most ends. */
            readonly resource_version: number | null;
            /** @description When its request was received. */
            readonly time: components["schemas"]["MicroTime"];
            /** @description Of the request; empty where the event itself is past retention. */
            readonly verb: string;
        };
        /** @description A rule, as one of its versions says it. */
        readonly Rule: {
            /** @description Techniques of MITRE ATT&CK, such as `T1609`. */
            readonly attack: readonly string[];
            /** @description Who made this version: the name of the token, or where it was loaded from. */
            readonly author: string;
            /** @description Commands that mend or look into it, with `{{field}}` in them. */
            readonly commands: readonly string[];
            /** @description What it is evidence for, such as `pci:10.2.1.2`. */
            readonly controls: readonly string[];
            /** @description When this version was made. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Why it matters; may be empty. */
            readonly description: string;
            /** @description Where it failed on too many events, and so is left out until it is changed; null where it works. */
            readonly failing: {
                /** @description What went wrong. */
                readonly says: string;
                /** @description From then on it judges nothing. */
                readonly since: components["schemas"]["MicroTime"];
            } | null;
            /** @description What it also finds and need not worry anybody. */
            readonly false_positives: readonly string[];
            /** @description One finding for each of these values in a cluster. */
            readonly group_by: readonly string[];
            /** @description SHA-256 of its text, in hex. */
            readonly hash: string;
            /** @description As its file has them. */
            readonly labels: {
                readonly [key: string]: string;
            };
            readonly links: components["schemas"]["RuleLinks"];
            /** @description Unique among rules. */
            readonly name: string;
            /** @description What must be recorded, beside what it reads. */
            readonly needs: {
                /** @description The audit level that it needs; null where the rest of it says that. */
                readonly level: string | null;
                /** @description The stage that must be recorded; null for any. */
                readonly stage: string | null;
            };
            /**
             * @description What it judges: each event, or each stretch in which events are missing.
             * @enum {string}
             */
            readonly on: "event" | "gap";
            /** @description Who looks after it. */
            readonly owner: string | null;
            /** @description Where more is told. */
            readonly references: readonly string[];
            /** @description How to mend what it finds, with `{{field}}` in it; may be empty. */
            readonly remediation: string;
            /**
             * @description How bad that is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /**
             * @description `pack`: came with the server; `folder`: from its folder of rules; `api`: was put here. The last wins.
             * @enum {string}
             */
            readonly source: "pack" | "folder" | "api";
            /**
             * @description `off` judges nothing. `shadow` judges, and what it finds is left out of lists unless `shadow=true`.
             * @enum {string}
             */
            readonly state: "active" | "shadow" | "off";
            /** @description As it was written. */
            readonly text: string;
            /** @description What it finds, in one line. */
            readonly title: string;
            /** @description Counts from 1 for each name. */
            readonly version: number;
        };
        /** @description One clause of a rule, and what it says of an event. */
        readonly RuleClause: {
            /**
             * @description Which part of the rule it is.
             * @enum {string}
             */
            readonly clause: "match" | "where" | "exception";
            /** @description Where in the line, in characters from 1. */
            readonly column: number;
            /** @description What made it so, at most 100. */
            readonly decisions: readonly components["schemas"]["ClauseDecision"][];
            /** @description Where it stands in the text of the rule, from 1. */
            readonly line: number;
            /** @description Of an exception; else null. */
            readonly name: string | null;
            /**
             * @description Whether it holds; `unknown` where it depends on what was not recorded.
             * @enum {string}
             */
            readonly result: "true" | "false" | "unknown" | "error";
            /** @description What was wrong, for `error`; else null. */
            readonly says: string | null;
            /** @description 0 for the rule's own; others are of its condition. */
            readonly step: number;
            /** @description As it is written. */
            readonly text: string;
        };
        /** @description How one rule fared. */
        readonly RuleCoverage: {
            /** @description What it lacked, the most frequent first, at most 5. */
            readonly because: readonly {
                /** @description Why it is not known, or what the error said. */
                readonly because: string;
                /** @description Events. */
                readonly count: number;
                /** @description One of them. */
                readonly example: components["schemas"]["EventId"];
                /** @description Whether the rule failed. */
                readonly is_error: boolean;
                /** @description A JSON pointer into what the rule reads, a qualifier, or empty for all others. */
                readonly what: string;
            }[];
            /** @description Of these, those that it failed on. */
            readonly errors: number;
            /** @description Events that could concern it. */
            readonly evaluated: number;
            /** @description Of these, those that it could not judge, since what it reads was not recorded. */
            readonly insufficient: number;
            /** @description Of these, those that it matched. */
            readonly matched: number;
            /** @description Null where no policy would mend it. */
            readonly mend: components["schemas"]["RuleMend"] | null;
            /** @description The rule. */
            readonly name: string;
            /** @description Null where the rule says nothing about it. */
            readonly noise: components["schemas"]["RuleNoise"] | null;
            /**
             * @description Of its findings.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /**
             * @description `works`: it could judge all that concerns it; `partly`: not all; `cannot`: nothing; `failing`: it has failed too often and judges nothing; `unseen`: nothing came that concerns it, because nothing happened or because the audit policy leaves it out.
             * @enum {string}
             */
            readonly status: "works" | "partly" | "cannot" | "failing" | "unseen";
            /** @description What it is about. */
            readonly title: string;
            /** @description The one in force, which the counts are of. */
            readonly version: number;
        };
        /** @description What is wrong in a rule file, or may surprise, and where. */
        readonly RuleError: {
            /** @description Where in the line, in characters from 1. */
            readonly column: number;
            /** @description How to mend it; null where the message says all. */
            readonly hint: string | null;
            /** @description Where, from 1. */
            readonly line: number;
            /** @description What is wrong. */
            readonly message: string;
        };
        /** @description What a rule says of one event, and why: always the same for the same. */
        readonly RuleExplanation: {
            /** @description Every clause, whether it was needed or not. */
            readonly clauses: readonly components["schemas"]["RuleClause"][];
            readonly event: components["schemas"]["EventId"];
            /** @description SHA-256 of its text, in hex. */
            readonly hash: string;
            /** @description What would have to be known, for `insufficient`. */
            readonly missing: readonly {
                /** @description Why it is not known. */
                readonly because: string;
                /** @description A JSON pointer into the variables, or a word of the query language. */
                readonly what: string;
            }[];
            /**
             * @description `insufficient`: it depends on what was not recorded. A match may still be too few for a finding.
             * @enum {string}
             */
            readonly result: "match" | "no-match" | "insufficient" | "error";
            /** @description The name of the rule. */
            readonly rule: string;
            /** @description Which version of it. */
            readonly version: number;
        };
        /** @description Paths of this API. */
        readonly RuleLinks: {
            /** @description What it found. */
            readonly findings: string;
            /** @description This rule, with its text. */
            readonly self: string;
            /** @description What it ever said. */
            readonly versions: string;
        };
        /** @description What would have it judge. */
        readonly RuleMend: {
            /** @description What speaks against it, such as that values of secrets would be sent; null where nothing does. */
            readonly caution: string | null;
            /** @description YAML of the items of `rules` of an audit policy; they go before those that match the same. */
            readonly policy: string;
            /** @description Null where there was no time to count it. */
            readonly volume: components["schemas"]["ProjectedVolume"] | null;
        };
        /** @description What a rule says of its noise (`noise` of its file), and what came of it. */
        readonly RuleNoise: {
            /** @description Those with an event within that time, in clusters that you may see. */
            readonly findings: number;
            /** @description How many it may make. */
            readonly findings_max: number;
            /** @description Whether it made more than it may. */
            readonly noisy: boolean;
            /** @description Of a noisy one, each a body for `POST /v1/exceptions`, the busiest first. Nothing is hidden until one is sent. */
            readonly proposed_exceptions: readonly {
                /** @description 30 days from now. */
                readonly expires_at: components["schemas"]["MicroTime"];
                /** @description A query that means the events of one of the busiest findings. */
                readonly match: string;
                /** @description To be said better by whoever knows. */
                readonly reason: string;
                /** @description The name of the rule. */
                readonly rule: string;
            }[];
            /** @description The time: `1w`, `12h`. */
            readonly within: string;
        };
        /** @description One page. */
        readonly RulePage: {
            readonly data: readonly components["schemas"]["ListedRule"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description A rule file of `plaintrail.dev/v1`, `kind: Rule`; docs/rules.md is its page. */
        readonly RuleText: string;
        /** @description What a text of rules says, and what is wrong in it. */
        readonly RuleValidation: {
            /** @description In the order of the text, at most 100. */
            readonly errors: readonly components["schemas"]["RuleError"][];
            /** @description Those that are right. */
            readonly rules: readonly {
                /** @description Where its name stands, from 1. */
                readonly line: number;
                /** @description Of the rule. */
                readonly name: string;
                /**
                 * @description How bad that is.
                 * @enum {string}
                 */
                readonly severity: "info" | "low" | "medium" | "high" | "critical";
                /** @description What it finds, in one line. */
                readonly title: string;
                /** @description What is right and may surprise; of a file of Falco or Sigma also what is not carried over, or means more. */
                readonly warnings: readonly components["schemas"]["RuleError"][];
            }[];
            /** @description Whether there are rules, and nothing is wrong with any of them. */
            readonly valid: boolean;
        };
        /** @description What a rule said at one time. */
        readonly RuleVersion: {
            /** @description Who made this version: the name of the token, or where it was loaded from. */
            readonly author: string;
            /** @description When this version was made. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description Where it failed on too many events, and so is left out until it is changed; null where it works. */
            readonly failing: {
                /** @description What went wrong. */
                readonly says: string;
                /** @description From then on it judges nothing. */
                readonly since: components["schemas"]["MicroTime"];
            } | null;
            /** @description SHA-256 of its text, in hex. */
            readonly hash: string;
            /** @description Whether it is the version that judges now. */
            readonly in_force: boolean;
            /** @description Paths of this API. */
            readonly links: {
                /** @description This version, with its text. */
                readonly self: string;
            };
            /** @description Unique among rules. */
            readonly name: string;
            /**
             * @description How bad that is.
             * @enum {string}
             */
            readonly severity: "info" | "low" | "medium" | "high" | "critical";
            /**
             * @description `pack`: came with the server; `folder`: from its folder of rules; `api`: was put here. The last wins.
             * @enum {string}
             */
            readonly source: "pack" | "folder" | "api";
            /**
             * @description `off` judges nothing. `shadow` judges, and what it finds is left out of lists unless `shadow=true`.
             * @enum {string}
             */
            readonly state: "active" | "shadow" | "off";
            /** @description What it finds, in one line. */
            readonly title: string;
            /** @description Counts from 1 for each name. */
            readonly version: number;
        };
        /** @description One page. */
        readonly RuleVersionPage: {
            readonly data: readonly components["schemas"]["RuleVersion"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description A connection into something running. */
        readonly Session: {
            readonly actor: components["schemas"]["Actor"];
            /** @description The name of the cluster. */
            readonly cluster: string;
            /** @description Of `exec`, as a shell would need it, cut at 220 characters. */
            readonly command: string | null;
            /** @description The container, where the request names it. */
            readonly container: string | null;
            /** @description Microseconds from `started` to `ended`. */
            readonly durationUs: number | null;
            /** @description stageTimestamp of the last stage; null where no end was seen. */
            readonly ended: components["schemas"]["MicroTime"] | null;
            /** @description The event that shows the request; another one once the session has ended. */
            readonly id: components["schemas"]["EventId"];
            /**
             * @description The subresource; `proxy` only where the connection was upgraded.
             * @enum {string}
             */
            readonly kind: "exec" | "attach" | "portforward" | "proxy";
            readonly links: components["schemas"]["SessionLinks"];
            readonly object: components["schemas"]["ObjectRef"];
            /** @description Of `portforward`, where the request names them: most clients do not. */
            readonly ports: string | null;
            /** @description Of `unknown`: events of the cluster are missing since (`gap`), its API server has started again, something could not be read since (`unreadable_event`), or it began over 24 hours ago (`too_old`). */
            readonly reason: ("too_old" | "gap" | "api_server_restarted" | "unreadable_event") | null;
            readonly source: components["schemas"]["Source"];
            /** @description When it was answered, or asked for where no event says when it was answered. */
            readonly started: components["schemas"]["MicroTime"] | null;
            /**
             * @description `open`: no end was seen, and nothing says that it could have been missed; `unknown`: something does.
             * @enum {string}
             */
            readonly state: "open" | "ended" | "unknown";
        };
        /** @description Paths of this API. */
        readonly SessionLinks: {
            /** @description The event that shows the request. */
            readonly event: string;
        };
        /** @description One page, newest first. */
        readonly SessionPage: {
            readonly data: readonly components["schemas"]["Session"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            readonly meta: components["schemas"]["EventMeta"];
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description Where the request came from, and how far that is to be trusted. */
        readonly Source: {
            /** @description Addresses that the client said it came by, farthest first. */
            readonly claimed: readonly {
                /**
                 * @description Any client can say this.
                 * @constant
                 */
                readonly trust: "claimed";
                /** @description An address of sourceIPs before the last, as a header of the client said. */
                readonly value: string;
            }[];
            /** @description The program that the user agent claims to be. */
            readonly client: {
                /** @description The program, such as `kubectl`; null where there is no user agent. */
                readonly name: string | null;
                /**
                 * @description Any client can say this.
                 * @constant
                 */
                readonly trust: "claimed";
                /** @description userAgent (kubernetes/apiserver pkg/apis/audit/v1/types.go), as sent. */
                readonly userAgent: string;
                /** @description Its version, where the user agent has one. */
                readonly version: string | null;
            };
            /** @description The address that the request came from; null where there is none. */
            readonly ip: {
                /**
                 * @description The API server saw this address itself.
                 * @constant
                 */
                readonly trust: "verified";
                /** @description The last address of sourceIPs (kubernetes/apiserver pkg/apis/audit/v1/types.go). */
                readonly value: string;
            } | null;
        };
        /** @description Something that was done about a finding, an exception, a rule or a token. It never changes. */
        readonly Step: {
            /** @description The name of the token; `plaintrail` for what it did by itself. */
            readonly actor: string;
            /** @description The id of the token: no other ever has it, as another may come to have a name. Null of what is no token. */
            readonly actor_id: string | null;
            /** @description What it became. */
            readonly after: {
                readonly [key: string]: string | number | null;
            } | null;
            /** @description What it was, as far as that was changed; of a rule the version in force. Null for nothing. */
            readonly before: {
                readonly [key: string]: string | number | null;
            } | null;
            /** @description The name of the cluster; null of exceptions, rules and tokens. */
            readonly cluster: string | null;
            /** @description In words. */
            readonly comment: string | null;
            /** @description Ids of steps have a number, in the order in which they were written. */
            readonly id: string;
            /** @description What it was done to. */
            readonly object: {
                /** @description Of a token its id, as another may come to have its name; null of all else. */
                readonly id: string | null;
                /**
                 * @description What it was done to.
                 * @enum {string}
                 */
                readonly kind: "finding" | "exception" | "rule" | "token";
                /** @description Its id; of a rule and a token its name. */
                readonly name: string;
            };
            /** @description Why, in one word, or as an exception says it. */
            readonly reason: string | null;
            /** @description The name of the rule; null of a token. */
            readonly rule: string | null;
            /** @description When it was done. */
            readonly time: components["schemas"]["MicroTime"];
            /**
             * @description What was done.
             * @enum {string}
             */
            readonly verb: "state" | "assignee" | "comment" | "ignore-proposed" | "ignore-confirmed" | "proposal-withdrawn" | "regressed" | "ignore-over" | "exception-added" | "exception-deleted" | "exception-expired" | "rule-put" | "rule-deleted" | "rule-failing" | "token-added" | "token-revoked";
        };
        /** @description One page. */
        readonly StepPage: {
            readonly data: readonly components["schemas"]["Step"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description One request to an API server, as its last stored stage tells it. */
        readonly StoredEvent: {
            readonly actor: components["schemas"]["Actor"];
            readonly audit: components["schemas"]["Audit"];
            /** @description What authorization said. */
            readonly authz: {
                /**
                 * @description annotations["authorization.k8s.io/decision"]; `none`: never asked.
                 * @enum {string}
                 */
                readonly decision: "allow" | "forbid" | "none";
                /** @description Why it was allowed, refused or rejected, in the words of the API server. */
                readonly reason: string;
            };
            /** @description What it changed; null where nothing, and where history has not come so far. In the history of an object, for one event, and with `include=changes`. */
            readonly change?: components["schemas"]["EventChange"] | null;
            /**
             * @description `connect` is exec, attach, port-forward and proxy, whatever the verb; `other` has no resource.
             * @enum {string}
             */
            readonly class: "read" | "write" | "connect" | "other";
            /** @description The name of the cluster that posted it. */
            readonly cluster: string;
            /** @description responseStatus.code, the HTTP status; null before there is one. */
            readonly code: number | null;
            /** @description What the bodies say was done, such as `replicas 1`; at most 300 characters. */
            readonly detail: string | null;
            /** @description Microseconds from requestReceivedTimestamp to the stageTimestamp of the last stage. */
            readonly durationUs: number | null;
            /** @description The findings that it is a part of, at most 20. In the history of an object, for one event, and with `include=findings`. */
            readonly findings?: readonly components["schemas"]["FindingId"][];
            /** @description What is odd or special about the event. */
            readonly flags: readonly ("dryRun" | "truncated" | "created" | "generateName" | "oddTime" | "sanitized" | "duplicateKeys" | "redacted" | "bodyTooLarge" | "failedOpen" | "malformed" | "legacyVersion")[];
            readonly id: components["schemas"]["EventId"];
            /** @description Who is behind it; null where that was not looked for yet, which takes some seconds. In the history of an object, for one event, and with `include=initiator`. */
            readonly initiator?: components["schemas"]["Initiator"] | null;
            readonly links: components["schemas"]["EventLinks"];
            /** @description What was touched; null for a request to no resource. */
            readonly object: components["schemas"]["ObjectRef"] | null;
            /**
             * @description `denied` by login or RBAC, `rejected` by admission, validation or a conflict; `pending`: no end yet.
             * @enum {string}
             */
            readonly outcome: "success" | "denied" | "rejected" | "error" | "pending";
            /** @description The path asked for, where the request was to no resource. */
            readonly path: string | null;
            /** @description With `include=raw`: the event as the API server wrote it, unchanged. */
            readonly raw?: unknown;
            /** @description In place of `raw`, in base64 (RFC 4648), where the bytes are not UTF-8 or over 8 MiB. */
            readonly raw_base64?: string;
            /** @description When Plaintrail took the event in. */
            readonly seen: components["schemas"]["MicroTime"];
            /** @description All of it in one English sentence, for people; its wording may change. */
            readonly sentence: string;
            readonly source: components["schemas"]["Source"];
            /** @description Every stage of the request that is stored, first to last. */
            readonly stages: readonly components["schemas"]["EventStage"][];
            /** @description requestReceivedTimestamp (kubernetes/apiserver pkg/apis/audit/v1/types.go); null where the event has no usable time. */
            readonly time: components["schemas"]["MicroTime"] | null;
            /** @description verb (kubernetes/apiserver pkg/apis/audit/v1/types.go). */
            readonly verb: string;
        };
        /** @description A finding, and which state of it you saw. */
        readonly TaggedFinding: {
            readonly id: components["schemas"]["FindingId"];
            /** @description The `triage.tag` that you have: where it is another by now, nothing is done. */
            readonly tag: string;
        };
        /** @description By what somebody asks, without its text. */
        readonly Token: {
            /** @description When it was added. */
            readonly created_at: components["schemas"]["MicroTime"];
            /** @description The name of the token that added it; null of the one that the installation made for itself. */
            readonly created_by: string | null;
            /** @description Whether it is the one that you ask with. */
            readonly current: boolean;
            /** @description From then on it is not known; null for never. */
            readonly expires_at: components["schemas"]["MicroTime"] | null;
            /**
             * Format: uuid
             * @description Never changes, and never becomes that of another, as a name may.
             */
            readonly id: string;
            /** @description Right to about a minute; null where it never was. */
            readonly last_used_at: components["schemas"]["MicroTime"] | null;
            /** @description Who asks with it, as it stands in the trail. */
            readonly name: string;
            /** @description When it was revoked; null where it was not. */
            readonly revoked_at: components["schemas"]["MicroTime"] | null;
        };
        /** @description One page. */
        readonly TokenPage: {
            readonly data: readonly components["schemas"]["Token"][];
            /** @description Whether there is another page. */
            readonly has_more: boolean;
            /** @description To be sent alone, as `?cursor=…`, to the same path; null at the end. */
            readonly next_cursor: string | null;
        };
        /** @description How many there are. */
        readonly Total: {
            /**
             * @description `gte`: there are as many or more.
             * @enum {string}
             */
            readonly relation: "eq" | "gte";
            /** @description At most 10001. */
            readonly value: number;
        };
        /** @description What people make of a finding. */
        readonly Triage: {
            /** @description Who looks after it; null for nobody. */
            readonly assignee: string | null;
            /** @description When somebody did something with it last; null where nobody did. */
            readonly changed_at: components["schemas"]["MicroTime"] | null;
            /** @description What waits for a second person; null where nothing does. */
            readonly proposed: components["schemas"]["Proposal"] | null;
            /** @description Why it is resolved or ignored; null where it is neither. */
            readonly reason: ("false_positive" | "testing_or_maintenance" | "remediated" | "expected" | "true_positive_benign" | "true_positive_malicious" | "other") | null;
            /** @description It was resolved, and then there was a new event. */
            readonly regressed: boolean;
            /**
             * @description What people made of it last, or a new event did.
             * @enum {string}
             */
            readonly state: "open" | "acknowledged" | "resolved" | "ignored";
            /** @description How many steps led here. */
            readonly steps: number;
            /** @description To be sent as `If-Match` with a change, so that nobody undoes what another did meanwhile. */
            readonly tag: string;
            /** @description Of one that is ignored; null where that is for ever. */
            readonly until: components["schemas"]["IgnoreEnd"] | null;
        };
        /** @description What is left out stays as it is. */
        readonly TriageChange: {
            /** @description Who looks after it; null for nobody. */
            readonly assignee?: string | null;
            /** @description In words. Who resolves or ignores a finding of severity high or critical must say something. */
            readonly comment?: string;
            /** @description Takes back what was proposed. By itself: without a state. */
            readonly proposed?: null;
            /**
             * @description Why it is resolved or ignored, which must be said.
             * @enum {string}
             */
            readonly reason?: "false_positive" | "testing_or_maintenance" | "remediated" | "expected" | "true_positive_benign" | "true_positive_malicious" | "other";
            /**
             * @description What it is from now on.
             * @enum {string}
             */
            readonly state?: "open" | "acknowledged" | "resolved" | "ignored";
            /** @description Of one that is ignored: when it opens again. Never, unless you say; of severity critical that stands as a proposal until another person sends the same. */
            readonly until?: components["schemas"]["NewIgnoreEnd"];
        };
        /** @description A command of kubectl. */
        readonly UndoCommand: {
            /** @description For a POSIX shell. */
            readonly line: string;
            /** @description What it does. */
            readonly says: string;
        };
        /** @description What somebody changed since: no patch touches it. */
        readonly UndoConflict: {
            /** @description Who changed it last; null where that is not known. */
            readonly by: components["schemas"]["RevisionRef"] | null;
            /** @description Where. */
            readonly path: string;
            /** @description In words. */
            readonly says: string;
        };
        /** @description Each of them alone does it. */
        readonly UndoPatches: {
            /** @description RFC 6902; it tests what it finds before it writes. Null where nothing can be taken back. */
            readonly json: readonly unknown[] | null;
            /** @description RFC 7386, with whole lists; null where it cannot say it. */
            readonly merge: unknown;
            /** @description For types of Kubernetes alone; null where it cannot say it. */
            readonly strategic: unknown;
        };
        /** @description What cannot be taken back. */
        readonly UndoRefused: {
            /** @description Where; empty for all of it. */
            readonly path: string;
            /** @description In words. */
            readonly says: string;
        };
        /** @description A value, and how many requests have it. */
        readonly ValueCount: {
            /** @description Requests with it. */
            readonly count: number;
            /** @description What is counted. */
            readonly value: string;
        };
        /** @description Which version this is. */
        readonly Version: {
            /** @description As in the header Plaintrail-Version. */
            readonly version: string;
        };
        /** @description What would be here, if it had been recorded. */
        readonly WhyNot: {
            /** @description The rule of an audit policy, in YAML, that would give it from then on; null where none would. */
            readonly policy: string | null;
            /** @description Why there is no state or no difference, in a sentence. */
            readonly says: string;
        };
        /** @description The stretch of time that was searched. */
        readonly Window: {
            /** @description Itself in the window. */
            readonly since: components["schemas"]["MicroTime"];
            /** @description Itself not in it. */
            readonly until: components["schemas"]["MicroTime"];
        };
        /** @description The question as it was understood. */
        readonly WindowMeta: {
            /**
             * @description By time.
             * @enum {string}
             */
            readonly order: "desc" | "asc";
            /** @description The question as it was understood, in its normal form. */
            readonly query: string;
            readonly window: components["schemas"]["Window"];
        };
        /** @description Who asked for it. */
        readonly Writer: {
            /** @description Whom the caller acted as; null for nobody. */
            readonly as: string | null;
            /** @description The authenticated caller. */
            readonly name: string;
            /**
             * @description What kind of caller it is, told from the name.
             * @enum {string}
             */
            readonly type: "human" | "service-account" | "node" | "control-plane" | "anonymous" | "failed-authentication";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Which version answered. */
        readonly "Plaintrail-Version": string;
        /** @description `"caller";r=…;t=…`: requests that are left, and seconds until there are more (the same draft). */
        readonly RateLimit: string;
        /** @description `"caller";q=…;w=60`: how often one caller may ask (draft-ietf-httpapi-ratelimit-headers). */
        readonly "RateLimit-Policy": string;
        /** @description Seconds to wait before asking again (RFC 9110 section 10.2.3). */
        readonly "Retry-After": string;
        /** @description Yours, where you sent a plain one; it stands in the log. */
        readonly "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getHealthz: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It runs. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The numbers. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly getReadyz: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It can work. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    readonly getActors: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description Only these, as `is:` has them. */
                readonly type?: "human" | "bot" | "controller" | "node" | "anonymous";
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ActorPage"];
                };
            };
        };
    };
    readonly getActor: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of an actor, `act_…`, or its name. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The actor. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ActorAnswer"];
                };
            };
        };
    };
    readonly getActorActivity: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of an actor, `act_…`, or its name. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ActivityPage"];
                };
            };
        };
    };
    readonly getActorFirsts: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of an actor, `act_…`, or its name. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The firsts. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FirstsAnswer"];
                };
            };
        };
    };
    readonly getAudit: {
        readonly parameters: {
            readonly query?: {
                /** @description Names of tokens, or globs; `plaintrail` for what it did by itself. */
                readonly actor?: readonly string[];
                /** @description Names of clusters, or globs. */
                readonly cluster?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description Names of rules, or globs. */
                readonly rule?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description Ids of findings. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["StepPage"];
                };
            };
        };
    };
    readonly postBacktests: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewBacktest"];
            };
        };
        readonly responses: {
            /** @description It is tried soon. */
            readonly 202: {
                headers: {
                    /** @description The path of the back-test. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backtest"];
                };
            };
        };
    };
    readonly getBacktest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of a back-test: `bt_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The back-test. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backtest"];
                };
            };
        };
    };
    readonly deleteBacktest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of a back-test: `bt_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is cancelled. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backtest"];
                };
            };
        };
    };
    readonly getClusters: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The clusters. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClusterPage"];
                };
            };
        };
    };
    readonly postClusters: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewCluster"];
            };
        };
        readonly responses: {
            /** @description The cluster was added. */
            readonly 201: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AddedCluster"];
                };
            };
        };
    };
    readonly getCluster: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of the cluster, or its name. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The cluster. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClusterFreshness"];
                };
            };
        };
    };
    readonly getClusterCoverage: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of the cluster, or its name. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Which rules can work. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClusterCoverage"];
                };
            };
        };
    };
    readonly getControls: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The controls. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ControlList"];
                };
            };
        };
    };
    readonly getControl: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its id, such as `pci:10.2.1.2`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What was found. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ControlAnswer"];
                };
            };
        };
    };
    readonly getEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Only these fields of each event, and parts of them: `id,time,actor.name,object`. */
                readonly fields?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description `raw`: each event also has its bytes, as `raw` or `raw_base64`, 16 MiB a page. `total`: `meta.total` says how many there are. `changes`: each has what it changed, as `change`. `initiator`: each says who is behind it. `findings`: each has the ids of the findings that it is a part of. */
                readonly include?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description By time: `desc`, the default, is newest first. */
                readonly order?: "desc" | "asc";
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    readonly getEvent: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The id of an event: `evt_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The event. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["StoredEvent"];
                };
            };
        };
    };
    readonly getEventNeighbors: {
        readonly parameters: {
            readonly query?: {
                /** @description What they have in common; `actor` unless you say. */
                readonly by?: "actor" | "object" | "session" | "cluster";
                /** @description To either side, 1 to 500. */
                readonly limit?: number;
                /** @description How far to look to either side, such as `15m`; at most a day, `5m` unless you say. */
                readonly window?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of an event: `evt_…`; of any stage of its request. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The neighbors. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NeighborsAnswer"];
                };
            };
        };
    };
    readonly getEventRaw: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The id of an event: `evt_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An Event of audit.k8s.io (kubernetes/apiserver pkg/apis/audit/v1/types.go). */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RawEvent"];
                };
            };
        };
    };
    readonly getEventsFacets: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description Of these; `actor,verb,kind,ns,outcome,cluster` unless you say. */
                readonly fields?: readonly ("actor" | "verb" | "ns" | "kind" | "outcome" | "class" | "cluster" | "client" | "code" | "sub" | "ip" | "as")[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Values of each field, 1 to 100. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The facets. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FacetsAnswer"];
                };
            };
        };
    };
    readonly getEventsHistogram: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description Also counts each value of this. */
                readonly by?: "outcome" | "class" | "verb" | "cluster";
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description The length of a bucket; `auto`, the default, suits the window. */
                readonly interval?: "auto" | "1m" | "5m" | "15m" | "1h" | "6h" | "1d";
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The histogram. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["HistogramAnswer"];
                };
            };
        };
    };
    readonly postEventsSearch: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["EventSearch"];
            };
        };
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    readonly getEventsStream: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description For who cannot send the header `Last-Event-ID`. */
                readonly last_event_id?: string;
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Tells what is stored from then on first, oldest first. Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The stream, which ends after 15 minutes: come back with Last-Event-ID. */
            readonly 200: {
                headers: {
                    /** @description Neither kept nor transformed. */
                    readonly "Cache-Control"?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
        };
    };
    readonly getExceptions: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Those that hold, or those that have ended. */
                readonly holds?: boolean;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description The name of a rule. */
                readonly rule?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExceptionPage"];
                };
            };
        };
    };
    readonly postExceptions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewException"];
            };
        };
        readonly responses: {
            /** @description It holds. */
            readonly 201: {
                headers: {
                    /** @description The path of the exception. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Exception"];
                };
            };
        };
    };
    readonly getException: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of an exception: `exc_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The exception. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Exception"];
                };
            };
        };
    };
    readonly deleteException: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of an exception: `exc_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It has ended. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Exception"];
                };
            };
        };
    };
    readonly getExports: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExportPage"];
                };
            };
        };
    };
    readonly postExports: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewExport"];
            };
        };
        readonly responses: {
            /** @description It is made soon. */
            readonly 202: {
                headers: {
                    /** @description The path of the export. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Export"];
                };
            };
        };
    };
    readonly getExport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of an export: `exp_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The export. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExportWithParts"];
                };
            };
        };
    };
    readonly deleteExport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of an export: `exp_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is cancelled. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Export"];
                };
            };
        };
    };
    readonly getExportManifest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The id of an export: `exp_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The manifest. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExportManifest"];
                };
            };
        };
    };
    readonly getExportPart: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The id of an export: `exp_…`. */
                readonly id: string;
                /** @description The number of a part, from 1. */
                readonly n: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The file. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description A name for the file. */
                    readonly "Content-Disposition"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/gzip": string;
                    readonly "application/vnd.apache.parquet": string;
                };
            };
        };
    };
    readonly getFindings: {
        readonly parameters: {
            readonly query?: {
                /** @description Whose they are; `assignee=` nobody's. */
                readonly assignee?: string;
                /** @description Names of clusters, or globs. */
                readonly cluster?: readonly string[];
                /** @description Controls, such as `pci:10.2.1.2`, or globs. */
                readonly control?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description Those that wait for a second person to be ignored for ever, or those that do not. */
                readonly proposed?: boolean;
                /** @description Names of rules, or globs. */
                readonly rule?: readonly string[];
                /** @description `high`, `>=high`, `low..high`; from least: info, low, medium, high, critical. */
                readonly severity?: readonly string[];
                /** @description Whether findings of rules that are tried out (`state: shadow`) are among them; no unless you say. */
                readonly shadow?: boolean;
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description `last`: by the last event; `opened`: by when it was found. `last` unless you say. */
                readonly sort?: "last" | "opened";
                /** @description In one of these states: open, acknowledged, resolved, ignored. */
                readonly state?: readonly ("open" | "acknowledged" | "resolved" | "ignored")[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description Ids of findings. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FindingPage"];
                };
            };
        };
    };
    readonly getFinding: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of a finding: `fnd_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The finding. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FindingWithEvents"];
                };
            };
        };
    };
    readonly patchFinding: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Required: the `triage.tag` that you have. Where it is another by now nothing is done. `*` for any. */
                readonly "If-Match"?: string;
            };
            readonly path: {
                /** @description The id of a finding: `fnd_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["TriageChange"];
            };
        };
        readonly responses: {
            /** @description It is as you say. */
            readonly 200: {
                headers: {
                    /** @description Its `triage.tag` by now. */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Finding"];
                };
            };
            /** @description It stands as a proposal, which another person has to confirm. */
            readonly 202: {
                headers: {
                    /** @description Its `triage.tag` by now. */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Finding"];
                };
            };
        };
    };
    readonly postFindingComments: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                /** @description The id of a finding: `fnd_…`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewComment"];
            };
        };
        readonly responses: {
            /** @description It is said. */
            readonly 201: {
                headers: {
                    /** @description The `triage.tag` of the finding. */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Finding"];
                };
            };
        };
    };
    readonly postFindingsBulk: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["BulkChange"];
            };
        };
        readonly responses: {
            /** @description What came of each. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BulkResult"];
                };
            };
        };
    };
    readonly postEventList: {
        readonly parameters: {
            readonly query?: {
                /** @description How long the sender waits, which API servers tell: `30s`. Nothing is done with it. */
                readonly timeout?: string;
            };
            readonly header?: {
                /** @description API servers send the body as it is. */
                readonly "Content-Encoding"?: "identity" | "gzip" | "x-gzip";
            };
            readonly path: {
                /** @description Its name. */
                readonly cluster: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AuditEventList"];
            };
        };
        readonly responses: {
            /** @description All of it is durable. The body is empty. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly getJobs: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description It can be `dead`: jobs that wait or are being tried are counted by the metrics. */
                readonly state?: "dead";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JobPage"];
                };
            };
        };
    };
    readonly postJobRetry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path: {
                /** @description The id of a job, a UUID. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is tried soon, and listed again when that fails too. */
            readonly 202: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RetriedJob"];
                };
            };
        };
    };
    readonly getNotices: {
        readonly parameters: {
            readonly query?: {
                /** @description Names of clusters, or globs. */
                readonly cluster?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description None of these. */
                readonly "not.cluster"?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NoticePage"];
                };
            };
        };
    };
    readonly getObjects: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ObjectPage"];
                };
            };
        };
    };
    readonly getObjectAt: {
        readonly parameters: {
            readonly query?: {
                /** @description What is answered; otherwise `Accept` says it. */
                readonly format?: "json" | "yaml";
                /** @description When: a time, the id of an event (`evt_…`: right after it) or a version (`rv:123`). Now, unless you say. */
                readonly time?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The state. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ObjectAt"];
                    readonly "application/yaml": string;
                };
            };
        };
    };
    readonly getObjectBlame: {
        readonly parameters: {
            readonly query?: {
                /** @description When: a time, the id of an event (`evt_…`: right after it) or a version (`rv:123`). Now, unless you say. */
                readonly at?: string;
                /** @description Also status, managedFields and the like, from the last 100 revisions. */
                readonly noise?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The fields. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ObjectBlame"];
                };
            };
        };
    };
    readonly getObjectDiff: {
        readonly parameters: {
            readonly query?: {
                /** @description `diff` is a unified diff of YAML; otherwise `Accept` says it. */
                readonly format?: "json" | "diff";
                /** @description The first state: a time, the id of an event (`evt_…`: right after it) or a version (`rv:123`). Unless you say, the one before that of `to`; where `to` is a time, before the last change that is more than noise. */
                readonly from?: string;
                /** @description Also status, managedFields and the like. */
                readonly noise?: boolean;
                /** @description The second state, in the same way. Now, unless you say. */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The difference. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ObjectDiff"];
                    readonly "text/x-diff": string;
                };
            };
        };
    };
    readonly getObjectHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Only these fields of each event, and parts of them: `id,time,actor.name,object`. */
                readonly fields?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description `raw`: each event also has its bytes, as `raw` or `raw_base64`, 16 MiB a page. `total`: `meta.total` says how many there are. `changes`: each has what it changed, as `change`. `initiator`: each says who is behind it. `findings`: each has the ids of the findings that it is a part of. */
                readonly include?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description By time: `desc`, the default, is newest first. */
                readonly order?: "desc" | "asc";
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    readonly getObjectRevisions: {
        readonly parameters: {
            readonly query?: {
                /** @description Also what changed status alone, renewed a lease, or kept books. */
                readonly all?: boolean;
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000; 100 unless you say. */
                readonly limit?: number;
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RevisionPage"];
                };
            };
        };
    };
    readonly getObjectUndo: {
        readonly parameters: {
            readonly query: {
                /** @description The id of the event that made the change: `evt_…`. */
                readonly event: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a cluster. */
                readonly cluster: string;
                /** @description An API group; `core` for the core group. */
                readonly group: string;
                /** @description The name of the object. */
                readonly name: string;
                /** @description A namespace; `_` for none. */
                readonly ns: string;
                /** @description The plural, such as `deployments`. */
                readonly resource: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What takes it back. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ObjectUndo"];
                };
            };
        };
    };
    readonly getOpenapiJson: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The document. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Document"];
                };
            };
        };
    };
    readonly getQuarantine: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether each item has its bytes. */
                readonly bytes?: boolean;
                /** @description Names of clusters, or globs. */
                readonly cluster?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description None of these. */
                readonly "not.cluster"?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["QuarantinePage"];
                };
            };
        };
    };
    readonly getQueriesComplete: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the cursor stands, in UTF-16 code units; at the end otherwise. */
                readonly pos?: number;
                /** @description The query so far. */
                readonly q?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What may stand there. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Completion"];
                };
            };
        };
    };
    readonly getQueriesExplain: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What it will ask. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Explanation"];
                };
            };
        };
    };
    readonly getReference: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/html": string;
                };
            };
        };
    };
    readonly getRules: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RulePage"];
                };
            };
        };
    };
    readonly getRule: {
        readonly parameters: {
            readonly query?: {
                /** @description `yaml`: the text, as it was written. As `Accept` says, unless you say. */
                readonly format?: "json" | "yaml";
                /** @description Which version; that in force unless you say. */
                readonly version?: number;
            };
            readonly header?: {
                /** @description ETags that you have; 304 where one of them still holds. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The name of a rule. */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The rule. */
            readonly 200: {
                headers: {
                    /** @description How long it may be kept (RFC 9111). */
                    readonly "Cache-Control"?: string;
                    /** @description Names these very bytes (RFC 9110 section 8.8.3). */
                    readonly ETag?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    /** @description The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5). */
                    readonly Vary?: string;
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Rule"];
                    readonly "application/yaml": components["schemas"]["RuleText"];
                };
            };
        };
    };
    readonly putRule: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
                /** @description The ETag of the version that you changed: where it is not in force any more, nothing is done. */
                readonly "If-Match"?: string;
                /** @description `*`: only where there is no rule of that name. */
                readonly "If-None-Match"?: string;
            };
            readonly path: {
                /** @description The name of a rule. */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RuleText"];
                readonly "application/yaml": components["schemas"]["RuleText"];
                readonly "text/plain": components["schemas"]["RuleText"];
                readonly "text/yaml": components["schemas"]["RuleText"];
            };
        };
        readonly responses: {
            /** @description It is changed, or was so already. */
            readonly 200: {
                headers: {
                    /** @description Names this version: for If-Match. */
                    readonly ETag?: string;
                    /** @description The path of the rule. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PutRule"];
                };
            };
            /** @description It is new. */
            readonly 201: {
                headers: {
                    /** @description Names this version: for If-Match. */
                    readonly ETag?: string;
                    /** @description The path of the rule. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PutRule"];
                };
            };
        };
    };
    readonly deleteRule: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The name of a rule. */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is gone. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeletedRule"];
                };
            };
        };
    };
    readonly getRuleExplain: {
        readonly parameters: {
            readonly query: {
                /** @description The id of an event: `evt_…`. */
                readonly event: string;
                /** @description Which version; that in force unless you say. */
                readonly version?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a rule. */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The explanation. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RuleExplanation"];
                };
            };
        };
    };
    readonly getRuleVersions: {
        readonly parameters: {
            readonly query?: {
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description The name of a rule. */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RuleVersionPage"];
                };
            };
        };
    };
    readonly postRulesValidate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RuleText"];
                readonly "application/yaml": components["schemas"]["RuleText"];
                readonly "text/plain": components["schemas"]["RuleText"];
                readonly "text/yaml": components["schemas"]["RuleText"];
            };
        };
        readonly responses: {
            /** @description What it says, and what is wrong. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RuleValidation"];
                };
            };
        };
    };
    readonly getSessions: {
        readonly parameters: {
            readonly query?: {
                /** @description In the query language `actor:sa:ci/*`: who asked. */
                readonly actor?: readonly string[];
                /** @description In the query language `as:system:admin`: whom the actor acted as; `as:""` nobody. */
                readonly as?: readonly string[];
                /** @description In the query language `audit:a1d28f6e-d44d-468b-86e6-4adbb74242e5`: the auditID. */
                readonly audit?: readonly string[];
                /** @description In the query language `changed:spec.replicas`: a field that changed. */
                readonly changed?: readonly string[];
                /** @description In the query language `claimed:203.0.113.9`: an address that was only claimed. */
                readonly claimed?: readonly string[];
                /** @description In the query language `class:connect`: what kind of thing was done. It can be read, write, connect, other. */
                readonly class?: readonly string[];
                /** @description In the query language `client:kubectl`: the program that the user agent claims. */
                readonly client?: readonly string[];
                /** @description In the query language `cluster:eks-*`: the cluster. */
                readonly cluster?: readonly string[];
                /** @description In the query language `code:>=400`: the HTTP status. */
                readonly code?: readonly string[];
                /** @description In the query language `control:pci:10.2.1.2`: a part in a finding about this control. */
                readonly control?: readonly string[];
                /** @description In the query language `created:2026-11-01..2026-11-05`: the time of the request. */
                readonly created?: readonly string[];
                /** @description The `next_cursor` of the page before, sent alone: it carries the whole question and its window. */
                readonly cursor?: string;
                /** @description In the query language `from_value:5`: its old value; `from_value:""` none. */
                readonly from_value?: readonly string[];
                /** @description In the query language `group:sre`: a group of the actor. */
                readonly group?: readonly string[];
                /** @description In the query language `image:*\/api:1.9*`: an image of a container, new with this write. */
                readonly image?: readonly string[];
                /** @description In the query language `initiator:alice@*`: who is behind it; `initiator:""` nobody. */
                readonly initiator?: readonly string[];
                /** @description In the query language `-ip:10.0.0.0/8`: the address that the API server saw. */
                readonly ip?: readonly string[];
                /** @description In the query language `is:human`: one of the words below. */
                readonly is?: readonly string[];
                /** @description In the query language `kind:deploy,sts`: the kind, as kubectl names it. */
                readonly kind?: readonly string[];
                /** @description In the query language `level:RequestResponse`: how much the API server recorded. It can be None, Metadata, Request, RequestResponse, Unknown. */
                readonly level?: readonly string[];
                /** @description Items in the page, 1 to 1000. */
                readonly limit?: number;
                /** @description In the query language `name:api`: the name of the object. */
                readonly name?: readonly string[];
                /** @description None of these; see `actor`. */
                readonly "not.actor"?: readonly string[];
                /** @description None of these; see `as`. */
                readonly "not.as"?: readonly string[];
                /** @description None of these; see `audit`. */
                readonly "not.audit"?: readonly string[];
                /** @description None of these; see `changed`. */
                readonly "not.changed"?: readonly string[];
                /** @description None of these; see `claimed`. */
                readonly "not.claimed"?: readonly string[];
                /** @description None of these; see `class`. */
                readonly "not.class"?: readonly string[];
                /** @description None of these; see `client`. */
                readonly "not.client"?: readonly string[];
                /** @description None of these; see `cluster`. */
                readonly "not.cluster"?: readonly string[];
                /** @description None of these; see `code`. */
                readonly "not.code"?: readonly string[];
                /** @description None of these; see `control`. */
                readonly "not.control"?: readonly string[];
                /** @description None of these; see `created`. */
                readonly "not.created"?: readonly string[];
                /** @description None of these; see `from_value`. */
                readonly "not.from_value"?: readonly string[];
                /** @description None of these; see `group`. */
                readonly "not.group"?: readonly string[];
                /** @description None of these; see `image`. */
                readonly "not.image"?: readonly string[];
                /** @description None of these; see `initiator`. */
                readonly "not.initiator"?: readonly string[];
                /** @description None of these; see `ip`. */
                readonly "not.ip"?: readonly string[];
                /** @description None of these; see `is`. */
                readonly "not.is"?: readonly string[];
                /** @description None of these; see `kind`. */
                readonly "not.kind"?: readonly string[];
                /** @description None of these; see `level`. */
                readonly "not.level"?: readonly string[];
                /** @description None of these; see `name`. */
                readonly "not.name"?: readonly string[];
                /** @description None of these; see `ns`. */
                readonly "not.ns"?: readonly string[];
                /** @description None of these; see `obj`. */
                readonly "not.obj"?: readonly string[];
                /** @description None of these; see `on`. */
                readonly "not.on"?: readonly string[];
                /** @description None of these; see `outcome`. */
                readonly "not.outcome"?: readonly string[];
                /** @description None of these; see `reason`. */
                readonly "not.reason"?: readonly string[];
                /** @description None of these; see `rule`. */
                readonly "not.rule"?: readonly string[];
                /** @description None of these; see `seen`. */
                readonly "not.seen"?: readonly string[];
                /** @description None of these; see `severity`. */
                readonly "not.severity"?: readonly string[];
                /** @description None of these; see `stage`. */
                readonly "not.stage"?: readonly string[];
                /** @description None of these; see `sub`. */
                readonly "not.sub"?: readonly string[];
                /** @description None of these; see `to`. */
                readonly "not.to"?: readonly string[];
                /** @description None of these; see `took`. */
                readonly "not.took"?: readonly string[];
                /** @description None of these; see `uid`. */
                readonly "not.uid"?: readonly string[];
                /** @description None of these; see `user-agent`. */
                readonly "not.user-agent"?: readonly string[];
                /** @description None of these; see `verb`. */
                readonly "not.verb"?: readonly string[];
                /** @description None of these; see `vio`. */
                readonly "not.vio"?: readonly string[];
                /** @description In the query language `ns:prod-*`: the namespace; `ns:""` in none. */
                readonly ns?: readonly string[];
                /** @description In the query language `obj:deploy/api`: kind and name of the object. */
                readonly obj?: readonly string[];
                /** @description In the query language `on:2026-11-20`: the same as `created`. */
                readonly on?: readonly string[];
                /** @description By time: `desc`, the default, is newest first. */
                readonly order?: "desc" | "asc";
                /** @description In the query language `outcome:denied,rejected`: how it ended. It can be success, denied, rejected, error, pending. */
                readonly outcome?: readonly string[];
                /** @description A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language. */
                readonly q?: string;
                /** @description In the query language `reason:"ClusterRoleBinding"`: a part of why it was allowed or refused. */
                readonly reason?: readonly string[];
                /** @description In the query language `rule:exec-into-prod`: a part in a finding of this rule. */
                readonly rule?: readonly string[];
                /** @description In the query language `seen:>-5m`: when Plaintrail took it in. */
                readonly seen?: readonly string[];
                /** @description In the query language `severity:>=high`: a part in a finding so severe. */
                readonly severity?: readonly string[];
                /** @description Where the window begins, itself in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`); or an interval (`2026-11-20/P1D`). */
                readonly since?: string;
                /** @description In the query language `stage:Panic`: the stage of the request. It can be RequestReceived, ResponseStarted, ResponseComplete, Panic, Unknown. */
                readonly stage?: readonly string[];
                /** @description Only these. */
                readonly state?: "open" | "ended" | "unknown";
                /** @description In the query language `sub:exec`: the subresource; `sub:""` none. */
                readonly sub?: readonly string[];
                /** @description In the query language `to:0`: the new value of a changed field; `to:""` none. */
                readonly to?: readonly string[];
                /** @description In the query language `took:>10m`: how long the request or session lasted. */
                readonly took?: readonly string[];
                /** @description In the query language `uid:b93690c7-4bcd-4518-a69e-489dc0e8bfd7`: the uid of the object. */
                readonly uid?: readonly string[];
                /** @description Where the window ends, itself not in it: RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`). Now, unless you say. */
                readonly until?: string;
                /** @description In the query language `-user-agent:argocd`: a part of the user agent. */
                readonly "user-agent"?: readonly string[];
                /** @description In the query language `verb:patch,update`: Kubernetes' verb. */
                readonly verb?: readonly string[];
                /** @description In the query language `vio:fnd_01JDB6X3K9V2M7Q4R8T0WZ5YHN`: a part in this finding. */
                readonly vio?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The page. */
            readonly 200: {
                headers: {
                    /** @description `<…>; rel="next"` (RFC 8288) where there is another page. */
                    readonly Link?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SessionPage"];
                };
            };
        };
    };
    readonly getTokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The tokens. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TokenPage"];
                };
            };
        };
    };
    readonly postTokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done. */
                readonly "Idempotency-Key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewToken"];
            };
        };
        readonly responses: {
            /** @description The token was added. */
            readonly 201: {
                headers: {
                    /** @description The path of the token. */
                    readonly Location?: string;
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AddedToken"];
                };
            };
        };
    };
    readonly getToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of a token, or `current`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The token. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Token"];
                };
            };
        };
    };
    readonly deleteToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of a token, or `current`. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is revoked. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Token"];
                };
            };
        };
    };
    readonly getVersion: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The version. */
            readonly 200: {
                headers: {
                    readonly "Plaintrail-Version": components["headers"]["Plaintrail-Version"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Version"];
                };
            };
        };
    };
}
