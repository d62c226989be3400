-- AlterTable
ALTER TABLE "Model" ADD COLUMN "weights" BYTEA,
ADD COLUMN "version" INTEGER,
ADD COLUMN "dataFrom" TIMESTAMP(3),
ADD COLUMN "dataTo" TIMESTAMP(3),
ADD COLUMN "seed" INTEGER,
ADD COLUMN "backend" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "Model_shop_step_version_name_key" ON "Model"("shop", "step", "version", "name");

-- CreateTable
CREATE TABLE "ModelDecision" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "modelId" TEXT,
    "version" INTEGER,
    "decidedBy" TEXT NOT NULL,
    "decidedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ModelDecision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrainingCheckpoint" (
    "shop" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "state" BYTEA NOT NULL,
    "savedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TrainingCheckpoint_pkey" PRIMARY KEY ("runId", "key")
);

-- CreateIndex
CREATE INDEX "ModelDecision_shop_step_decidedAt_idx" ON "ModelDecision"("shop", "step", "decidedAt");

-- AddForeignKey
ALTER TABLE "ModelDecision" ADD CONSTRAINT "ModelDecision_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrainingCheckpoint" ADD CONSTRAINT "TrainingCheckpoint_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
