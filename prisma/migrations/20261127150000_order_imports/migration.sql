CREATE TABLE "OrderImport" (
    "shop" TEXT NOT NULL,
    "importId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "sealedKey" TEXT,
    "parts" INTEGER NOT NULL DEFAULT 0,
    "partsRead" INTEGER NOT NULL DEFAULT 0,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "aliveAt" TIMESTAMP(3) NOT NULL,
    "report" JSONB,
    "problem" TEXT,

    CONSTRAINT "OrderImport_pkey" PRIMARY KEY ("shop"),
    CONSTRAINT "OrderImport_state_known"
        CHECK ("state" IN ('receiving', 'waiting', 'reading', 'done', 'failed', 'cancelled'))
);

CREATE TABLE "OrderImportPart" (
    "shop" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "OrderImportPart_pkey" PRIMARY KEY ("shop", "number")
);
