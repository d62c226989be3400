# One image, two processes: the web app (the default command) and the worker (`node jobs/worker.ts`).
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Node comes with the image; the packages' own scripts are those that package.json allows.
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
RUN useradd --system --create-home bundlesmith
COPY --from=build --chown=bundlesmith /app/package.json ./
COPY --from=build --chown=bundlesmith /app/node_modules ./node_modules
COPY --from=build --chown=bundlesmith /app/build ./build
COPY --from=build --chown=bundlesmith /app/app ./app
COPY --from=build --chown=bundlesmith /app/jobs ./jobs
COPY --from=build --chown=bundlesmith /app/prisma ./prisma
COPY --from=build --chown=bundlesmith /app/prisma.config.ts ./
USER bundlesmith
EXPOSE 3000
CMD ["node", "app/web.ts"]
