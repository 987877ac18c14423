using Cluster.Silo.Hosting;

namespace Cluster.OrleansHost.Calls;

/// <summary>
/// Orleans hands messages from another silo to the thread pool one by one, in no order. Where a process calls a grain
/// while earlier calls of it to the same grain are under way, this says after which of them the call comes.
/// </summary>
internal sealed class LinesOfCalls
{
    private readonly Guid _origin = Guid.NewGuid();
    private readonly Dictionary<GrainId, Line> _lines = [];
    private readonly Lock _gate = new();
    private long _number;
    private TaskCompletionSource? _ended;

    /// <summary>A call begins.</summary>
    /// <param name="grain">Whom it goes to.</param>
    /// <param name="place">Goes with it.</param>
    /// <returns>To be disposed when it has been answered.</returns>
    public IDisposable Enter(GrainId grain, out PlaceInLine place)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(grain, out var line))
            {
                _lines.Add(grain, line = new Line(this, grain));
            }

            place = new PlaceInLine(_origin, ++_number, line.Last);
            line.Last = place.Number;
            line.UnderWay++;
            return line;
        }
    }

    /// <summary>Completes when no call of this process is under way.</summary>
    public Task Ended()
    {
        lock (_gate)
        {
            return _lines.Count == 0 ? Task.CompletedTask : (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Leave(Line line)
    {
        lock (_gate)
        {
            if (--line.UnderWay == 0)
            {
                _lines.Remove(line.Grain);
            }

            if (_lines.Count == 0)
            {
                _ended?.SetResult();
                _ended = null;
            }
        }
    }

    private sealed class Line(LinesOfCalls lines, GrainId grain) : IDisposable
    {
        public GrainId Grain => grain;

        public long Last { get; set; }

        public int UnderWay { get; set; }

        public void Dispose() => lines.Leave(this);
    }
}

/// <summary>Where a call stands among those of its process to the same grain.</summary>
/// <param name="Origin">Names the process.</param>
/// <param name="Number">Higher than those of the calls before it.</param>
/// <param name="After">The number of the call that came before, where that may still be on its way; else zero.</param>
internal readonly record struct PlaceInLine(Guid Origin, long Number, long After);
