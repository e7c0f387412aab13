package dev.sluice.worker.store;

/** Names one object exactly. */
public record StoreObject(String bucket, String key) {}
