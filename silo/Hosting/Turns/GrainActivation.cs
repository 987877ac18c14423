using System.Diagnostics.CodeAnalysis;
using Cluster.Silo.Hosting.Reminders;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>One life of a grain, from its loading to its last turn.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Loops that outlive the activation for a moment still look at the token; a source without a timer holds nothing.")]
internal sealed class GrainActivation(GrainCell cell, Grain grain, IGrains grains, IReminders reminders, TimeProvider time) : IActivation
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private HashSet<ActivationTimer>? _timers;
    private long _activeUntilTicks;

    public GrainId Id => cell.Id;

    public IGrains Grains => grains;

    public TimeProvider Time => time;

    public CancellationToken Stopping => _stopping.Token;

    public Grain Grain => grain;

    /// <summary>Whether <see cref="StayActive"/> holds.</summary>
    public bool StaysActive => Volatile.Read(ref _activeUntilTicks) is var until && until != 0 && until > time.GetUtcNow().UtcTicks;

    public IDisposable StartTimer(TimeSpan period, Func<Call, Task> turn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromMilliseconds(1));
        ArgumentNullException.ThrowIfNull(turn);
        var timer = new ActivationTimer(this, cell, period, turn);
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
            {
                (_timers ??= []).Add(timer);
                timer.Start();
            }
        }

        return timer;
    }

    public Task SetReminder(string name, TimeSpan due, TimeSpan period, CancellationToken cancellationToken)
    {
        Reminder.Check(name, due, period);
        return reminders.Set(Id, name, time.GetUtcNow() + due, period, cancellationToken);
    }

    public Task RemoveReminder(string name, CancellationToken cancellationToken) => reminders.Remove(Id, name, cancellationToken);

    public void StayActive(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        Volatile.Write(ref _activeUntilTicks, (time.GetUtcNow() + period).UtcTicks);
    }

    public void DeactivateAfterTurn() => cell.End(this);

    /// <summary>Stops what runs beside the turns.</summary>
    public async Task Stop()
    {
        lock (_gate)
        {
            foreach (var timer in _timers ?? [])
            {
                timer.Stop();
            }

            _timers = null;
        }

        await _stopping.CancelAsync();
    }

    public void Forget(ActivationTimer timer)
    {
        lock (_gate)
        {
            _timers?.Remove(timer);
        }
    }
}
