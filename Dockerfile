# One image, two processes: the web app (the default command) and the worker (`node jobs/worker.ts`). The stage `build`
# has Prisma's command line too, for migrations.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Node comes with the image; the packages' own scripts are those that package.json allows.
RUN npm ci
COPY . .
RUN npm run build

FROM build AS production
# Optional packages are for machines with a graphics card, and what others ask for only to build: with one, OMIT=dev.
ARG OMIT="dev optional"
RUN for each in $OMIT; do omit="$omit --omit=$each"; done; npm prune $omit

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
RUN useradd --system --create-home bundlesmith
COPY --from=production --chown=bundlesmith /app/package.json ./
COPY --from=production --chown=bundlesmith /app/node_modules ./node_modules
COPY --from=production --chown=bundlesmith /app/build ./build
COPY --from=production --chown=bundlesmith /app/app ./app
COPY --from=production --chown=bundlesmith /app/jobs ./jobs
COPY --from=production --chown=bundlesmith /app/prisma ./prisma
COPY --from=production --chown=bundlesmith /app/prisma.config.ts ./
USER bundlesmith
EXPOSE 3000
CMD ["node", "app/web.ts"]
