# One image for every process of Plaintrail; the command says which: services/receiver/main.ts, services/worker/main.ts,
# services/api/main.ts, services/jobrunner/main.ts, services/migrate/main.ts, services/passwords/main.ts. Without a command it
# is the standalone, which keeps all it has in /var/lib/plaintrail/data: give it a volume there.
# Node runs the TypeScript itself, so nothing is built. The version is the one that package.json pins; pin its digest too
# where your registry is a mirror.

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json LICENSE ./
COPY migrations ./migrations
COPY packages ./packages
COPY services ./services
# The workspaces stay links into packages/ and services/: Node strips no types below node_modules.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund
# The image has a Node: the one that comes along for `npm start` is 190 MB.
RUN rm -r node_modules/node-linux-* node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
# Postgres looks its user up by number, so that there must be one. A new volume takes over the owner of its folder here.
RUN groupadd --gid 10001 plaintrail \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/plaintrail --shell /usr/sbin/nologin plaintrail \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/plaintrail/secrets /var/lib/plaintrail/spool /var/lib/plaintrail/data \
 && install -d -o 10001 -g 10001 -m 0755 /run/plaintrail
ENV NODE_ENV=production PLAINTRAIL_DATA=/var/lib/plaintrail/data
WORKDIR /app
# Owned by root and written by nobody: it works with a root file system that is read-only.
COPY --from=packages /app ./
USER 10001:10001
# A process of its own answers on the operations port, the standalone on the API's.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --start-interval=2s --retries=3 \
  CMD ["node", "-e", "const { PLAINTRAIL_OPERATIONS_PORT: own = 7719, PLAINTRAIL_PORT: api = 7717 } = process.env; Promise.any([own, api].map(async (port) => { const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4000) }); if (!answer.ok) throw new Error(await answer.text()) })).catch(({ errors }) => { console.error(errors.map(String).join('; ')); process.exitCode = 1 })"]
ENTRYPOINT ["node"]
CMD ["--v8-pool-size=1", "services/standalone/main.ts"]
