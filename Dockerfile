# One image for two processes: the web app (the default command) and the worker (`node jobs/worker.ts`). The stage
# `build` also has Prisma's command line, for migrations.
# The base image is pinned by digest, as the images in compose.yaml.
ARG NODE_IMAGE=node:22-bookworm-slim@sha256:48e4b67d85f87bd551df43704e24d252f56cc5f8e9718841aace50f19948f0f9
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image has Node. Only the install scripts that package.json allows run.
RUN npm ci
COPY . .
RUN npm run build

FROM build AS production
# Optional packages are for machines with a graphics card and for builds of other packages. With a card, set OMIT=dev.
ARG OMIT="dev optional"
RUN for each in $OMIT; do omit="$omit --omit=$each"; done; npm prune $omit

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
RUN useradd --system --no-create-home bundlesmith
# Root owns the code, so the process's user cannot change it.
COPY --from=production /app/package.json ./
COPY --from=production /app/node_modules ./node_modules
COPY --from=production /app/build ./build
COPY --from=production /app/app ./app
COPY --from=production /app/jobs ./jobs
COPY --from=production /app/prisma ./prisma
COPY --from=production /app/prisma.config.ts ./
USER bundlesmith
EXPOSE 3000
CMD ["node", "app/web.ts"]
