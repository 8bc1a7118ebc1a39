#include "core/corpus/ledger.h"

#include "core/corpus/packing.h"

namespace ricercar {

namespace {

/// To be raised whenever a record, or the meaning of one of its figures, changes.
constexpr std::uint32_t ledgerVersion = 1;

}  // namespace

void transfer(auto& archive, MaybeConst<Key> auto& key) { archive(key.tonic, key.mode); }

void transfer(auto& archive, MaybeConst<KeyEstimate> auto& estimate) {
    archive(estimate.key, estimate.correlation, estimate.runnerUp, estimate.runnerUpCorrelation);
}

void transfer(auto& archive, MaybeConst<Meter> auto& meter) { archive(meter.numerator, meter.denominator); }

void transfer(auto& archive, MaybeConst<Instrument> auto& instrument) { archive(instrument.number, instrument.notes); }

void transfer(auto& archive, MaybeConst<Histograms> auto& histograms) {
    archive(histograms.pitches, histograms.drums, histograms.durations);
}

void transfer(auto& archive, MaybeConst<Features> auto& features) {
    for (const FeatureField& field : featureFields) {
        archive(features.*field.value);
    }
}

void transfer(auto& archive, MaybeConst<PieceSummary> auto& summary) {
    archive(summary.notes, summary.tracks, summary.emptyTracks, summary.quarters, summary.seconds, summary.bars,
            summary.key, summary.meter, summary.instruments, summary.histograms, summary.features);
}

void transfer(auto& archive, MaybeConst<FileRecord> auto& record) {
    archive(record.path, record.bytes, record.modified, record.content, record.outcome, record.remark);
    if (record.outcome == FileOutcome::accepted) {
        archive(record.notes, record.summary);
    }
}

std::string packLedger(const std::vector<FileRecord>& records) {
    Packer pack;
    pack(ledgerVersion, records);
    return std::string(pack.bytes());
}

std::optional<std::vector<FileRecord>> unpackLedger(std::span<const std::byte> bytes) {
    std::uint32_t version = 0;
    std::vector<FileRecord> records;
    Unpacker unpack(bytes);
    unpack(version);
    if (version != ledgerVersion) {
        return std::nullopt;
    }
    unpack(records);
    return unpack.complete() ? std::optional(std::move(records)) : std::nullopt;
}

}  // namespace ricercar
