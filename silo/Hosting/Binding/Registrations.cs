namespace Cluster.Silo.Hosting.Binding;

/// <summary>A class that implements a grain type.</summary>
/// <param name="GrainType">As the services' <c>grain</c> option gives it.</param>
/// <param name="Class">Derived from <see cref="Grain"/>.</param>
internal sealed record GrainRegistration(string GrainType, Type Class);

/// <summary>A class that answers rpcs that no grain answers.</summary>
/// <param name="Class">A singleton of the container.</param>
internal sealed record QueryRegistration(Type Class);
