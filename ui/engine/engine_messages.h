#pragma once

#include <optional>
#include <vector>

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include "core/base/json.h"
#include "core/edit/fill_in.h"

namespace ricercar {

// What the desktop and its engine say to each other, as plain values; docs/protocol.md has units and ranges of every
// field. Times are in quarter notes from the start of the take, bars count from 1.

/// The engine's answer to `initialize`.
struct EngineInfo {
    QString version;
    QStringList devices;  ///< "cpu", "cuda"; the first is what "auto" means
    QString blas;         ///< for people, e.g. "OpenBLAS 0.3.21"
    int threads = 1;
    QString host;  ///< the name of its machine
};

/// A model that the engine can compose with.
struct EngineModel {
    QString name;
    QString path;
    QString preset;
    qint64 weights = 0;
    Json card;  ///< data, licences, attribution, numbers
};

struct EngineNote {
    int take = 0;   ///< from 0
    int track = 0;  ///< from 0
    int program = 0;
    bool drum = false;
    double onset = 0;
    double duration = 0;
    int pitch = 60;
    int velocity = 64;
};

/// What to compose from: `midi`, else the file `path`; both empty means from nothing.
struct EngineSeed {
    QByteArray midi;   ///< the bytes of a MIDI file: works with an engine on another machine too
    QString path;      ///< a MIDI file on the engine's machine
    int firstBar = 0;  ///< 0: from the start
    int lastBar = 0;   ///< included; 0: to the end
};

struct GenerateRequest {
    QString model = QStringLiteral("default");  ///< a name of `EngineModel` or a file
    EngineSeed seed;
    int bars = 8;                       ///< 1 to 256
    int takes = 4;                      ///< 1 to 64
    double temperature = 1.0;           ///< 0.05 to 2
    std::optional<double> minP = {};    ///< 0 to 1; none: that of the temperature
    std::optional<double> topP = {};    ///< above 0, to 1; likewise
    QString key = {};                   ///< "D minor", "seed" for that of the seed; empty for any
    int lowestPitch = 0;                ///< 0 to 127
    int highestPitch = 127;             ///< 0 to 127
    QString style = {};                 ///< one of the model's card; empty for any
    std::optional<int> density = {};    ///< class, 0 to 7
    std::optional<int> polyphony = {};  ///< class, 0 to 5
    bool ending = false;                ///< close the piece
    std::optional<FillIn> fill = {};    ///< none: go on from the seed
    std::optional<qint64> rng;          ///< not negative; none: the engine draws one and names it in the recipe
    QString folder;                     ///< for the takes' files; empty: one in the engine's cache
};

/// A finished take: its bars only, without the seed.
struct EngineTake {
    int number = 0;   ///< from 0
    QString path;     ///< on the engine's machine
    QByteArray midi;  ///< the bytes of that file
    Json recipe;      ///< enough to repeat it
};

struct TrainRequest {
    QString folder;       ///< of MIDI files, or one file
    QString validFolder;  ///< held-out pieces; empty: a part of `folder` is held out
    QString run;          ///< the run directory, made when missing,
    QString name;         ///< or the name of a run that the engine keeps
    QString preset;       ///< empty: the engine's default
    QString base;         ///< a model to go on from; empty: from scratch
    std::optional<double> minutes;
    std::optional<int> epochs;
    QString device = QStringLiteral("auto");  ///< auto, cpu or cuda
    std::optional<qint64> rng;
    bool pauseOnBattery = false;
    bool resume = false;  ///< go on with the run; of a named one nothing else need be given
};

/// A training run that the engine keeps, until its model is kept or it is removed.
struct EngineRun {
    QString name;
    bool running = false;    ///< on the engine's machine, whether somebody looks or not
    bool canResume = false;  ///< there is something to go on from
    bool hasModel = false;
};

/// How a training run ended.
struct TrainingEnd {
    enum class State { done, stopped, failed };
    State state = State::done;  ///< stopped: on request, what was learnt is kept and the run can be resumed
    int exitStatus = 0;         ///< 128 + signal when a signal ended the process
    QString error;              ///< a sentence when failed
    bool canResume = false;     ///< of a named run, as in `EngineRun`
    bool hasModel = false;
};

/// A file of this computer for an engine elsewhere.
struct EngineFile {
    QString path;        ///< relative to its folder
    QString hash;        ///< of the content, when it is offered
    qint64 bytes = 0;    ///< likewise
    QByteArray content;  ///< when it is sent
};

/// Some files of a folder.
struct EngineFolder {
    QString id;  ///< stands for the folder with all that is in it
    QString name;
    std::vector<EngineFile> files;
};

struct EvaluateRequest {
    QString model = QStringLiteral("default");
    QString data;      ///< a folder of MIDI files, or one file
    QString protocol;  ///< empty: "notes"
    QString device = QStringLiteral("auto");
};

}  // namespace ricercar
