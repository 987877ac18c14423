namespace Cluster.Silo.Hosting;

/// <summary>What a host gives to a grain that it has activated.</summary>
public interface IActivation
{
    /// <summary>Which grain.</summary>
    GrainId Id { get; }

    /// <summary>Other grains.</summary>
    IGrains Grains { get; }

    /// <summary>The host's clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Cancelled when the activation ends; what runs beside the turns stops with it.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Runs a callback as a turn, again and again; dies with the activation.</summary>
    /// <param name="period">Between the end of one turn and the next, at least one millisecond.</param>
    /// <param name="turn">Gets a system call.</param>
    /// <returns>Stops the timer when disposed.</returns>
    IDisposable StartTimer(TimeSpan period, Func<Call, Task> turn);

    /// <summary>Sets a reminder that outlives the process; one of the same name is replaced.</summary>
    /// <param name="name">Unique within the grain.</param>
    /// <param name="due">From now until it first fires, zero or more.</param>
    /// <param name="period">Between firings, at least one second.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SetReminder(string name, TimeSpan due, TimeSpan period, CancellationToken cancellationToken);

    /// <summary>Removes a reminder; one that does not exist is no error.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task RemoveReminder(string name, CancellationToken cancellationToken);

    /// <summary>Keeps the activation from being collected as idle.</summary>
    /// <param name="period">From now, zero or more; zero ends an earlier order.</param>
    void StayActive(TimeSpan period);

    /// <summary>Drops the activation after this turn; the next call starts from what was committed.</summary>
    void DeactivateAfterTurn();
}
