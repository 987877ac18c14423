namespace Cluster.Silo.Hosting.Turns;

/// <summary>Something that waits in a <see cref="Mailbox"/>; its own link, so that waiting allocates nothing more.</summary>
/// <param name="exclusive">Whether it must run alone.</param>
internal abstract class MailboxItem(bool exclusive)
{
    internal MailboxItem? Previous;
    internal MailboxItem? Next;

    /// <summary>Whether it must run alone.</summary>
    public bool Exclusive { get; } = exclusive;

    /// <summary>How it was let in.</summary>
    public Hold Holds { get; set; }

    internal bool Linked { get; set; }
}

/// <summary>How a turn holds its grain.</summary>
internal enum Hold
{
    None,
    Shared,
    Exclusive,
}

/// <summary>What became of a turn that was put into a mailbox.</summary>
internal enum Posted
{
    /// <summary>It waits for others.</summary>
    Waits,

    /// <summary>The turn that waits first may start now.</summary>
    MayStart,

    /// <summary>The mailbox is full.</summary>
    Full,

    /// <summary>The mailbox has ended; its grain has another one.</summary>
    Retired,
}
